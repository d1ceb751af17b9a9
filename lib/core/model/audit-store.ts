import type { AuditEntry, AuditState, ChainHead } from './audit-entry.js';

/** Identifies a chain of entries. Fences and markers in target systems belong to one chain. */
export interface ChainIdentity {
  /** Random id, created together with the tables of the audit store: 32 hexadecimal digits. */
  readonly storeId: string;
  readonly namespace: string;
}

/** Proof of holding the lease; every write to the audit store carries it and is refused when it is stale. */
export interface Fence extends ChainIdentity {
  /** The fencing token: grows by one at every acquisition, never repeats. */
  readonly token: number;
  /** Identifies this acquisition: the execution id of the run that holds it. */
  readonly holder: string;
  /** How long an acquisition or a renewal lasts, in milliseconds. */
  readonly leaseMs: number;
}

/** A request for the lease. */
export interface LeaseRequest {
  readonly holder: string;
  readonly host: string;
  readonly leaseMs: number;
}

/** The result of taking the lease. */
export interface Acquisition {
  /** The new fencing token. */
  readonly token: number;
  readonly storeId: string;
}

/** `alive`: the holder is known to hold the lease. `unknown`: this process has not watched the lease long enough to know. */
export type Liveness = 'alive' | 'unknown';

/** Who took the lease, as recorded. Times are for people. */
export interface LeaseHolder {
  readonly holder: string;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** ISO 8601, UTC. */
  readonly until: string;
}

/** Who holds the lease now, by the audit store's clock. */
export interface LockHolder extends LeaseHolder {
  /** `unknown` only where the store's server has no clock. */
  readonly liveness: Liveness;
}

/** Who had the lease last and did not release it, in stores where something that a dead process left open can block others. */
export interface FormerHolder extends LeaseHolder {
  /** What blocks others after the lease has expired, and for how long at most; a clause for people. */
  readonly leftOpen: string;
}

/** The entry up to which nothing is left to do, and the definitions for which that is so. */
export interface Settled {
  readonly seq: number;
  /** Digests of definitions, the oldest first. At most `DIGESTS_KEPT`. */
  readonly digests: readonly string[];
}

/** The result of one small read of the audit store. Its cost does not depend on the length of the history. */
export interface AuditSummary {
  /** False when `open()` must be called before a write: tables are missing or older than this version, or the namespace is new. */
  readonly ready: boolean;
  /** Null before the first `open()`. */
  readonly storeId: string | null;
  /** The fencing token of the last acquisition; 0 before the first. */
  readonly token: number;
  /** The end of the chain according to the record of the lock, which every append changes together with its entries. */
  readonly head: ChainHead;
  /** The entry with the highest seq, found by index. */
  readonly last: ChainHead;
  readonly settled: Settled;
  /** Null when the lease is free or has expired. */
  readonly holder: LockHolder | null;
  /** Present only while there is no holder. */
  readonly former?: FormerHolder;
}

/** The summary, and the latest entry of each change. */
export interface AuditSnapshot extends AuditSummary {
  /** For each change in the audit, its entry with the highest seq. */
  readonly latest: readonly AuditEntry[];
}

/** Which entries to read. All conditions must hold. */
export interface HistoryQuery {
  readonly changeId?: string;
  readonly state?: AuditState;
  readonly targetSystem?: string;
  /** Entries with this seq or a higher one. */
  readonly fromSeq?: number;
  /** Entries at or after this moment. */
  readonly since?: Date;
  /** Entries before this moment. */
  readonly until?: Date;
  /** @default 'oldest-first' */
  readonly direction?: 'oldest-first' | 'newest-first';
  /** The largest number of entries. @default all */
  readonly limit?: number;
}

/**
 * Where changes are recorded: one chain of entries and one lease for each namespace.
 *
 * A store computes nothing: entries come with their seq and hash. It guarantees atomicity, and judges the lease by its own clock.
 * Besides the entries it keeps one record for each namespace: store id, lease, head of the chain and what is settled.
 *
 * Where one read cannot see record and entries at the same moment, `summary` and `snapshot` look for the entry at `head` and
 * for one after it, and report a difference only when the record, read again, has not changed.
 * Errors: `StaleFenceError` when the fence is not the current one; `AppendRefusedError` when the server *answered*
 * that it will not write (no right, disk full); anything else means that there was no answer and the write may have landed.
 */
export interface AuditStore {
  /** For people: technology and location, without secrets, as in `typeorm:postgres`. */
  readonly name: string;
  readonly namespace: string;
  /** Identity of the connection. A target system with the same resource shares its transactions with this store. */
  readonly resource: unknown;
  /**
   * True where the latest entry of each change is stored separately from the chain, so that one can be altered without the other.
   *
   * @default false: `snapshot` reads it from the chain itself
   */
  readonly keepsLatestApart?: boolean;
  /** Warnings about its set-up, which are logged once, at boot. No I/O. */
  warnings?(): readonly string[];
  /**
   * Creates what is missing, if it is allowed to, and brings older tables up to date; safe when many replicas do it at once.
   *
   * @throws AuditStoreError; also when the tables are of a newer version than this one knows
   */
  open(): Promise<void>;
  /** The record of the namespace and the last entry. Writes nothing. */
  summary(): Promise<AuditSummary>;
  /** The summary and the latest entry of each change, in one round trip. Writes nothing. */
  snapshot(): Promise<AuditSnapshot>;
  /**
   * Appends all entries or none, if the fence is the current one and the entries follow the head. The same write moves the head
   * and renews the lease.
   *
   * @param session - `TargetTransaction.session` of a shared target system: the entries are part of its transaction.
   */
  append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void>;
  /** The entries that the query asks for, by seq; none before `open()`. Reads in pages, so that a long chain needs little memory. */
  history(query?: HistoryQuery): AsyncIterable<AuditEntry>;
  /** Takes the lease if it is free or has expired. @returns null when another holds it. */
  acquire(request: LeaseRequest): Promise<Acquisition | null>;
  /** Renews the lease, also one that has expired while nobody took it. @returns false when the fence is not the current one */
  renew(fence: Fence): Promise<boolean>;
  /** Releases the lease and records what the run has settled. No effect when the fence is not the current one. */
  release(fence: Fence, settled?: Settled): Promise<void>;
  /**
   * Records what was found to be settled, if the chain still ends at `settled.seq` and nobody holds the lease.
   * Changes nothing that a process watches while it waits for the lease.
   */
  settle(settled: Settled): Promise<void>;
  /** Gives the chain another store id. @throws StaleFenceError */
  adopt(storeId: string, fence: Fence): Promise<void>;
}
