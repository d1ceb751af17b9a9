import type { DataSourceOptions } from 'typeorm';
import type { RecoveryStrategy } from '../../../lib/core/model/audit-entry.js';
import type { Acquisition, LeaseRequest } from '../../../lib/core/model/audit-store.js';
import type { Duration } from '../../../lib/core/model/duration.js';
import type { ChangeOutcome, ExecutionReport } from '../../../lib/core/model/report.js';

/** A change of the app under test, as a value that crosses the border between processes. Its effect has two parts. */
export interface ChangeSpec {
  readonly id: string;
  /** A name from `AppSpec.targets`. */
  readonly target: string;
  readonly transactional?: false;
  readonly recovery?: RecoveryStrategy;
  /** `looks`: in effect when both parts are there. `wonders`: answers 'unknown'. Absent: no `@Verify`. */
  readonly verify?: 'looks' | 'wonders';
  /** Apply throws after the first part. */
  readonly fails?: boolean;
  /** Between the two parts it creates a table, which commits implicitly on MariaDB. */
  readonly ddl?: boolean;
}

/** A database, as a value. */
export type DatabaseSpec =
  | { readonly system: 'typeorm'; readonly options: DataSourceOptions }
  | { readonly system: 'mongodb'; readonly url: string; readonly lockWait: Duration }
  | { readonly system: 'dynamodb'; readonly url: string; readonly prefix: string };

/** Where changes act. */
export type TargetSpec =
  | { readonly kind: 'audit-database' }
  | { readonly kind: 'database'; readonly database: DatabaseSpec }
  | { readonly kind: 'schema-registry'; readonly url: string; readonly prefix: string }
  | KafkaSpec
  | { readonly kind: 's3'; readonly location: BucketSpec }
  | { readonly kind: 'folder'; readonly root: string };

/** A broker, and what the effects are there. */
export interface KafkaSpec {
  readonly kind: 'kafka';
  /** A comma list. */
  readonly brokers: string;
  readonly effects: 'topics' | 'events';
}

/** A place in a bucket, as a value. */
export interface BucketSpec {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly bucket: string;
  readonly prefix: string;
}

/** An app, as a value. */
export interface AppSpec {
  readonly namespace: string;
  readonly audit: DatabaseSpec;
  readonly targets: Readonly<Record<string, TargetSpec>>;
  readonly changes: readonly ChangeSpec[];
}

/** What a process shall do with its app. */
export type Action =
  | { readonly type: 'run' }
  | { readonly type: 'undo'; readonly to?: string }
  | { readonly type: 'resolve'; readonly changeId: string; readonly as: 'applied' | 'rolled-back' };

/** One call of the engine. */
export interface Job {
  readonly app: AppSpec;
  readonly action: Action;
  readonly host: string;
  readonly leaseMs: number;
  /** The first time that this step is reached, the process stays there until it is told to go on. */
  readonly pauseAt?: string;
  /**
   * It stays there with its event loop blocked, until this file exists: no timer of it fires meanwhile, and what the
   * change does next is done before any timer does.
   */
  readonly blockUntil?: string;
  /** The process does not notice that time passes: only the servers can tell it that its lease is over. */
  readonly timeless?: boolean;
}

/** What became of a job. */
export interface JobResult {
  readonly status: ExecutionReport['status'] | 'resolved';
  readonly outcomes: Readonly<Record<string, ChangeOutcome>>;
  readonly error?: { readonly name: string; readonly message: string };
  /** Whom it waited for. */
  readonly waited: readonly {
    readonly host: string | undefined;
    readonly until: string | undefined;
    readonly inProgress: readonly string[];
  }[];
  readonly steps: readonly string[];
}

/** What the parent says. */
export type ToChild =
  | { readonly type: 'job'; readonly job: Job }
  | { readonly type: 'go' }
  | { readonly type: 'open-store'; readonly namespace: string; readonly audit: DatabaseSpec }
  | { readonly type: 'acquire'; readonly round: number; readonly request: LeaseRequest };

/** What a child says. */
export type FromChild =
  | { readonly type: 'ready' }
  | { readonly type: 'step'; readonly step: string }
  | { readonly type: 'result'; readonly result: JobResult }
  | { readonly type: 'store-open' }
  | { readonly type: 'acquired'; readonly round: number; readonly taken: Acquisition | null }
  | { readonly type: 'broken'; readonly error: string };
