import type { AuditStore } from './audit-store.js';
import type { ChangeDefinition, ChangeLogger } from './change.js';
import type { Clock, Identity } from './clock.js';
import type { Emit } from './events.js';
import type { HistorySource, ImportRules } from './history-source.js';
import type { TargetSystem } from './target-system.js';

/** What to do about a pending change that comes before an applied one. */
export type OutOfOrderPolicy = 'run' | 'warn' | 'fail';

/** What to do about a change that the audit names and the code lacks. */
export type UnknownChangesPolicy = 'ignore' | 'warn' | 'fail';

/** How the lease is taken and kept. All in milliseconds. */
export interface LockSettings {
  /** How long an acquisition or a renewal lasts. */
  readonly leaseMs: number;
  /** How long to wait for another holder before failing. */
  readonly waitMs: number;
  /** The first pause between two attempts to take the lease; it grows up to a second. */
  readonly retryMs: number;
}

/** Another tool's record, to be imported before the changes run. */
export interface HistoryToImport {
  readonly source: HistorySource;
  readonly rules: ImportRules;
}

/** Everything that the engine works with: the changes of an app, its systems, and interfaces for time, events and logging. */
export interface EngineSettings {
  /** Sorted by stage and order; validated. */
  readonly changes: readonly ChangeDefinition[];
  readonly store: AuditStore;
  readonly targets: ReadonlyMap<string, TargetSystem>;
  readonly activeProfiles: readonly string[];
  readonly outOfOrder: OutOfOrderPolicy;
  readonly unknownChanges: UnknownChangesPolicy;
  readonly lock: LockSettings;
  /** Every run that finds something to do imports these first. */
  readonly imports: readonly HistoryToImport[];
  readonly clock: Clock;
  readonly identity: Identity;
  readonly emit: Emit;
  /** The logger that a change finds in its context. */
  readonly loggerFor: (changeId: string) => ChangeLogger;
}

/** One call of the engine. */
export interface RunRequest {
  readonly executionId: string;
  /** Fires when a stop is asked for. */
  readonly stop: AbortSignal;
}
