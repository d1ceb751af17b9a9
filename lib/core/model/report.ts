/** How one change ended in one run. */
export type ChangeOutcome =
  | 'applied'
  | 'already-applied'
  /** Found in effect after a crash; recorded without running it again. */
  | 'reconciled'
  | 'rolled-back'
  | 'rollback-failed'
  | 'failed'
  | 'needs-person'
  | 'not-run'
  | 'skipped-by-profile';

/** One change in an execution report. */
export interface ChangeReport {
  readonly id: string;
  readonly stage: string;
  readonly order: string;
  readonly targetSystem: string;
  readonly outcome: ChangeOutcome;
  readonly durationMs: number;
  /** What went wrong, as text. */
  readonly error?: string;
  /** Further information, such as a statement that committed the transaction implicitly. */
  readonly note?: string;
}

/** What one run did. */
export interface ExecutionReport {
  readonly executionId: string;
  readonly operation: 'apply' | 'undo';
  readonly status: 'succeeded' | 'nothing-to-do' | 'failed' | 'interrupted';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly changes: readonly ChangeReport[];
  /** Warnings about out-of-order and unknown changes. */
  readonly warnings: readonly string[];
}
