import type { AuditEntry, ExecutionStrategy } from './audit-entry.js';
import type { ChangeDefinition, Verdict } from './change.js';
import type { ChangePreview } from './recipe.js';
import type { Marker } from './target-system.js';

/** What a run does with one change. */
export type PlanDecision = 'apply' | 'skip' | 'reconcile' | 'needs-person' | 'skip-by-profile';

/** What a run would do with one change, and why. */
export interface PlannedChange {
  readonly id: string;
  readonly stage: string;
  readonly order: string;
  readonly targetSystem: string;
  readonly decision: PlanDecision;
  readonly strategy: ExecutionStrategy;
  readonly reason: string;
  /** What the change would do. Present when a preview was asked for and the decision is `apply`. */
  readonly preview?: ChangePreview;
}

/** What a run would do, change by change, in order. */
export interface Plan {
  readonly status: 'nothing-to-do' | 'pending' | 'needs-person';
  readonly changes: readonly PlannedChange[];
  /** Out-of-order and unknown changes. */
  readonly warnings: readonly string[];
}

/** What is known about an attempt besides its audit entries. */
export interface Finding {
  /** The marker of the latest attempt, or a marker of kind `open` of an earlier one. */
  readonly marker?: Marker;
  /** True when the markers cannot be read, because the target system of the attempt is no longer configured. */
  readonly markersUnreadable?: boolean;
  /** The answer of `@Verify`; absent while it was not called. */
  readonly verdict?: Verdict;
  /** What `@Verify` threw when it was asked, as text. */
  readonly verifyError?: string;
}

/** What to do with one change, and why. */
export interface Decision {
  readonly decision: PlanDecision;
  readonly reason: string;
  /** Recorded before anything else: the end of an attempt that crashed before it was recorded. */
  readonly record?: 'APPLIED' | 'ROLLED_BACK';
  /** The decision depends on `@Verify`: decide again with its verdict. */
  readonly askVerify?: boolean;
  /** The change is applied although it is unknown whether an earlier attempt is in effect; that attempt stays unsettled. */
  readonly leavesOpen?: true;
  /** What `@Verify` threw when it was asked, as text. */
  readonly verifyError?: string;
}

/** A change with what was decided about it. */
export interface Step extends Decision {
  readonly change: ChangeDefinition;
  readonly strategy: ExecutionStrategy;
  readonly latest: AuditEntry | undefined;
}

/** True when a run does something about this step, or fails because of it. */
export function isPending({ decision }: Pick<Step, 'decision'>): boolean {
  return decision === 'apply' || decision === 'reconcile' || decision === 'needs-person';
}
