import type { AuditEntry, AuditState, ChainHead } from './audit-entry.js';

/** Proof of holding the lease; every write to the audit store carries it and is refused when it is stale. */
export interface Fence {
  /** The fencing token: grows by one at every acquisition, never repeats. */
  readonly token: number;
  /** Identifies this acquisition: the execution id of the run that holds it. */
  readonly holder: string;
  /** How long an acquisition or a renewal lasts, in milliseconds. */
  readonly leaseMs: number;
}

/** Who asks for the lease. */
export interface LeaseRequest {
  readonly holder: string;
  readonly host: string;
  readonly leaseMs: number;
}

/** Who holds the lease now, by the audit store's clock. Times are for people. */
export interface LockHolder {
  readonly holder: string;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** ISO 8601, UTC. */
  readonly until: string;
  /**
   * The store tells no time, and this process has not watched the lease long enough to know whether its holder lives.
   * Absent where it is known to hold the lease.
   */
  readonly mayBeDead?: true;
}

/** What one read of the audit store tells. */
export interface AuditSnapshot {
  /** False when the store's tables do not exist yet: there is nothing to read and `open()` is due before a write. */
  readonly ready: boolean;
  /** For each change the audit knows, its entry with the highest seq. */
  readonly latest: readonly AuditEntry[];
  readonly head: ChainHead;
  /** Null when the lease is free or has run out. */
  readonly holder: LockHolder | null;
}

/** Which entries to read. All conditions must hold. */
export interface HistoryQuery {
  readonly changeId?: string;
  readonly state?: AuditState;
  readonly targetSystem?: string;
  /** Entries at or after this moment. */
  readonly since?: Date;
  /** Entries before this moment. */
  readonly until?: Date;
  /** @default 'oldest-first' */
  readonly direction?: 'oldest-first' | 'newest-first';
  /** At most so many entries. @default all */
  readonly limit?: number;
}

/**
 * Where the truth about changes is kept. One chain of entries and one lease for each namespace.
 *
 * A store computes nothing: entries come with their seq and hash. What it owes is atomicity and its own clock.
 * Errors: `StaleFenceError` when the fence is not the current one; `AppendRefusedError` when the server *answered*
 * that it will not write (no right, disk full); anything else means that there was no answer and the write may have landed.
 */
export interface AuditStore {
  /** For people: technology and place, without secrets, as in `typeorm:postgres`. */
  readonly name: string;
  readonly namespace: string;
  /** Identity of the connection. A target system with the same resource shares its transactions with this store. */
  readonly resource: unknown;
  /** What about its set-up a person should know; told once, at boot. No I/O. */
  warnings?(): readonly string[];
  /** Creates what is missing, if it is allowed to; safe when many replicas do it at once. @throws AuditStoreError */
  open(): Promise<void>;
  /** Latest entry of each change, chain head and lock holder, in one round trip. Writes nothing. */
  snapshot(): Promise<AuditSnapshot>;
  /**
   * Appends all entries or none, if the fence is the current one; renews the lease by the way.
   *
   * @param session - `TargetTransaction.session` of a shared target system: the entries are part of its transaction.
   */
  append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void>;
  /** The entries that the query asks for, by seq; none before `open()`. Read in pages: a long chain needs no long memory. */
  history(query?: HistoryQuery): AsyncIterable<AuditEntry>;
  /** Takes the lease if it is free or has run out. @returns the new fencing token, or null when another holds it. */
  acquire(request: LeaseRequest): Promise<number | null>;
  /** @returns false when the fence is not the current one. A lease that ran out while nobody took it is renewed. */
  renew(fence: Fence): Promise<boolean>;
  /** Makes the lease expired. No effect when the fence is not the current one. */
  release(fence: Fence): Promise<void>;
}
