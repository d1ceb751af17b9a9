import type { ChangeContext, ChangeDefinition, ChangeMethod } from '../../core/model/change.js';
import type { Clients } from '../../core/model/target-system.js';
import type { RecoveryPair } from './recovery.pair.js';

/** What a method of a sample change receives. */
export interface Acting {
  readonly clients: Clients;
  readonly context: ChangeContext;
  /** Makes the effect of the change. */
  effect(): Promise<void>;
  /** Removes the effect. */
  revert(): Promise<void>;
  sees(): Promise<boolean>;
}

/** The body of a method of a sample change. */
export type Act = (acting: Acting) => Promise<unknown>;

/** Options of a sample change. */
export type ChangeParts = Partial<Omit<ChangeDefinition, 'apply' | 'rollback' | 'verify'>> & {
  /** @default makes its effect */
  readonly apply?: Act;
  /** @default removes its effect */
  readonly rollback?: Act | 'none';
  readonly verify?: Act;
};

/** A change of a scenario. It records which of its methods were called. */
export type SampleChange = ChangeDefinition & { readonly calls: readonly string[] };

/** A change with one effect, named `effectName`. Its methods succeed unless the options replace them. */
export function sampleChange(
  pair: RecoveryPair,
  targetSystem: string,
  id: string,
  effectName: string,
  { apply, rollback, verify, ...rest }: ChangeParts = {},
): SampleChange {
  const calls: string[] = [];
  const method = (name: string, act: Act): ChangeMethod => ({
    name,
    invoke: (clients, context) => {
      calls.push(name);
      return act(acting(pair, clients, context, effectName));
    },
  });
  return {
    ...defaults(id, targetSystem),
    ...rest,
    calls,
    apply: method('apply', apply ?? (({ effect }) => effect())),
    ...(rollback !== 'none' && { rollback: method('rollback', rollback ?? (({ revert }) => revert())) }),
    withoutRollback: rollback === 'none',
    ...(verify && { verify: method('verify', verify) }),
  };
}

function acting(pair: RecoveryPair, clients: Clients, context: ChangeContext, name: string): Acting {
  return {
    clients,
    context,
    effect: () => pair.effect(clients, name),
    revert: () => pair.revert(clients, name),
    sees: () => pair.sees(clients, name),
  };
}

function defaults(id: string, targetSystem: string) {
  return {
    id,
    targetSystem,
    order: id.padStart(4, '0'),
    author: 'shop-team',
    stage: 'default',
    recovery: 'manual-intervention',
    profiles: [],
    outsideTransaction: 'fail',
    description: null,
    ticket: null,
    metadata: null,
    className: `Change_${id}`,
    origin: 'SampleModule',
  } as const;
}
