import type { ExecutionStrategy, RecoveryStrategy } from '../../../lib/core/model/audit-entry.js';

/** How a change of the simulation answers when it is asked whether it is in effect. */
export type VerifyKind = 'none' | 'truthful' | 'unknown' | 'throws' | 'fickle';

/** A change of the simulation. */
export interface ChangeShape {
  readonly id: string;
  /** Its place in the plan. */
  readonly index: number;
  readonly targetSystem: string;
  readonly strategy: ExecutionStrategy;
  /** False for a change that runs outside the transactions of a target system that has them. */
  readonly transactional: boolean | undefined;
  /** How many calls of its client make up its effect. */
  readonly parts: number;
  /** One of its statements commits the transaction implicitly. */
  readonly hasDefinition: boolean;
  readonly recovery: RecoveryStrategy;
  readonly verify: VerifyKind;
  readonly hasRollback: boolean;
  readonly timeoutMs: number | undefined;
  /** Does not await its last call; in a transaction that does no harm. */
  readonly forgetsAwait: boolean;
  /** Gives up when its signal fires. */
  readonly heedsSignal: boolean;
  /** Only for replicas with the extra profile. */
  readonly isExtra: boolean;
}

/** True where a transaction decides about the change, whatever happens. */
export function isStrict({ strategy, hasDefinition }: ChangeShape): boolean {
  return strategy !== 'plain' && !hasDefinition;
}
