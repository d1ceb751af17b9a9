/**
 * Words used everywhere in this library:
 *
 * - **change**: one step forward of a target system, written once, run once.
 * - **target system**: where changes take effect: a database, a folder, a third party's API.
 * - **audit store**: where the truth about changes is kept; an append-only chain of audit entries.
 * - **audit entry**: one recorded fact about one attempt of one change.
 * - **attempt**: one execution of a change; its number is the count of STARTED entries of that change.
 * - **strategy**: how the effect and its record are kept together: shared, marker or plain.
 * - **lease**: the lock of a namespace, held for a limited time and renewed.
 * - **fencing token**: an integer that grows by one at every acquisition of the lease and never repeats.
 * - **marker**: a row in a transactional target system, committed together with the effect of a change.
 * - **store id**: a random id that an audit store makes together with its tables; it keys fences and markers.
 * - **witness**: the latest audit entry that a fence row in a target system names; the audit must always have it.
 * - **digest**: a hash over the definitions of an app's changes. A run that finds nothing to do for them *settles* it.
 * - **verdict**: the answer of a change's `@Verify`.
 */

/** Every state that an audit entry may have. */
export const AUDIT_STATES = [
  'STARTED',
  'APPLIED',
  'FAILED',
  'ROLLED_BACK',
  'ROLLBACK_FAILED',
  'MANUAL_MARKED_AS_APPLIED',
  'MANUAL_MARKED_AS_ROLLED_BACK',
] as const;

/** What an audit entry says about its change. */
export type AuditState = (typeof AUDIT_STATES)[number];

/** What was done with the change. */
export type AuditOperation = 'apply' | 'undo' | 'manual' | 'import';

/**
 * How the effect of a change and its record were kept together.
 *
 * - `shared`: target system and audit store are one database; one transaction commits both.
 * - `marker`: the target system is transactional and elsewhere; a marker is committed with the effect.
 * - `plain`: there is no transaction; `@Rollback` reverses the effect, and `@Verify` answers whether it is there.
 */
export type ExecutionStrategy = 'shared' | 'marker' | 'plain';

/** What the next run does with an attempt that ended without a known result and has no transaction. */
export type RecoveryStrategy = 'manual-intervention' | 'always-retry';

/** One recorded fact about one attempt of one change. Never altered, never removed. */
export interface AuditEntry {
  /** Position in the chain: 1, 2, 3 … without a gap. */
  readonly seq: number;
  /** Which rule made `hash`: `ENTRY_FORMAT` of the version that wrote it. */
  readonly format: number;
  /** The run that wrote it. */
  readonly executionId: string;
  readonly changeId: string;
  readonly stage: string;
  readonly order: string;
  readonly author: string;
  readonly targetSystem: string;
  readonly state: AuditState;
  readonly operation: AuditOperation;
  readonly strategy: ExecutionStrategy;
  readonly recovery: RecoveryStrategy;
  /** Number of STARTED entries of the change up to and including this one. */
  readonly attempt: number;
  /** The writer's wall clock, ISO 8601 in UTC with milliseconds. For people: nothing is decided by it. */
  readonly at: string;
  /** How long the recorded step took, in milliseconds; 0 for STARTED. */
  readonly durationMs: number;
  readonly host: string;
  readonly actor: string;
  readonly environment: string | null;
  readonly appVersion: string | null;
  /** Name of the app that wrote it, from its package.json. */
  readonly app: string | null;
  readonly className: string;
  readonly method: string;
  readonly description: string | null;
  readonly ticket: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Message, causes and stack of what went wrong, secrets redacted. */
  readonly error: string | null;
  /** The reason, where a person or the engine decided this without running the change. */
  readonly reason: string | null;
  /** `hash` of the entry before this one; 64 zeros for the first. */
  readonly previousHash: string;
  /** The result of `hashOf` for this entry: SHA-256, in hexadecimal. */
  readonly hash: string;
}

/** An audit entry before it is appended to the chain. */
export type AuditEntryDraft = Omit<AuditEntry, 'seq' | 'format' | 'previousHash' | 'hash'>;

/** Where the chain ends. An empty chain ends at seq 0 with 64 zeros. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** The names of all fields of an entry. The compiler checks that none is missing. */
export const AUDIT_ENTRY_FIELDS = Object.keys({
  seq: 0,
  format: 0,
  executionId: 0,
  changeId: 0,
  stage: 0,
  order: 0,
  author: 0,
  targetSystem: 0,
  state: 0,
  operation: 0,
  strategy: 0,
  recovery: 0,
  attempt: 0,
  at: 0,
  durationMs: 0,
  host: 0,
  actor: 0,
  environment: 0,
  appVersion: 0,
  app: 0,
  className: 0,
  method: 0,
  description: 0,
  ticket: 0,
  metadata: 0,
  error: 0,
  reason: 0,
  previousHash: 0,
  hash: 0,
} satisfies Record<keyof AuditEntry, 0>) as readonly (keyof AuditEntry)[];
