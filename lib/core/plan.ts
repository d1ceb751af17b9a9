import type { ExecutionStrategy } from './audit-entry.js';

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
}

/** What a run would do, change by change, in order. */
export interface Plan {
  readonly status: 'nothing-to-do' | 'pending' | 'needs-person';
  readonly changes: readonly PlannedChange[];
  readonly warnings: readonly string[];
}
