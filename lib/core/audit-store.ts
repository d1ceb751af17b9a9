import type { AuditEntry, AuditState, ChainHead } from './audit-entry.js';

/** Which chain of entries: fences and markers in target systems are kept apart by it. */
export interface ChainIdentity {
  /** Random id that the audit store made together with its own tables: 32 hexadecimal digits. */
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

/** Who asks for the lease. */
export interface LeaseRequest {
  readonly holder: string;
  readonly host: string;
  readonly leaseMs: number;
}

/** What taking the lease gives. */
export interface Acquisition {
  /** The new fencing token. */
  readonly token: number;
  readonly storeId: string;
}

/** Whether the holder of a lease is known to hold it, or this process has not watched the lease long enough to know. */
export type Liveness = 'alive' | 'unknown';

/** Who took the lease, as it is recorded. Times are for people. */
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
  /** `unknown` only where the store tells no time. */
  readonly liveness: Liveness;
}

/** Who had the lease last and did not give it back, where what a dead process left open can keep others from taking it. */
export interface FormerHolder extends LeaseHolder {
  /** What is in the way when the lease is over and cannot be taken, and how long at most; for people, a clause. */
  readonly leftOpen: string;
}

/** Up to which entry nothing is left to do, and for which definitions. */
export interface Settled {
  readonly seq: number;
  /** Digests of definitions, the oldest first. At most `DIGESTS_KEPT`. */
  readonly digests: readonly string[];
}

/** What one small read of the audit store tells, whatever the length of its history. */
export interface AuditSummary {
  /** False when `open()` is due before a write: tables are missing or older than this version, or the namespace is new. */
  readonly ready: boolean;
  /** Null before the first `open()`. */
  readonly storeId: string | null;
  /** The fencing token of the last acquisition; 0 before the first. */
  readonly token: number;
  /** Where the chain ends by the record of the lock, which every append changes together with its entries. */
  readonly head: ChainHead;
  /** The entry with the highest seq that there is, found by index. */
  readonly last: ChainHead;
  readonly settled: Settled;
  /** Null when the lease is free or has run out. */
  readonly holder: LockHolder | null;
  /** Only while there is no holder. */
  readonly former?: FormerHolder;
}

/** What one read of the audit store tells. */
export interface AuditSnapshot extends AuditSummary {
  /** For each change the audit knows, its entry with the highest seq. */
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
  /** At most so many entries. @default all */
  readonly limit?: number;
}

/**
 * Where the truth about changes is kept. One chain of entries and one lease for each namespace.
 *
 * A store computes nothing: entries come with their seq and hash. What it owes is atomicity and its own clock.
 * Beside the entries it keeps one record for the namespace: store id, lease, head of the chain and what is settled.
 *
 * Where one read cannot see record and entries at one moment, `summary` and `snapshot` look for the entry at `head` and
 * for one behind it, and report a difference only when the record, read again, has not moved.
 * Errors: `StaleFenceError` when the fence is not the current one; `AppendRefusedError` when the server *answered*
 * that it will not write (no right, disk full); anything else means that there was no answer and the write may have landed.
 */
export interface AuditStore {
  /** For people: technology and place, without secrets, as in `typeorm:postgres`. */
  readonly name: string;
  readonly namespace: string;
  /** Identity of the connection. A target system with the same resource shares its transactions with this store. */
  readonly resource: unknown;
  /**
   * True where the latest entry of each change is kept apart from the chain, so that both can be altered apart.
   *
   * @default false: `snapshot` finds it in the chain itself
   */
  readonly keepsLatestApart?: boolean;
  /** What about its set-up a person should know; told once, at boot. No I/O. */
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
   * Appends all entries or none, if the fence is the current one and they follow the head. In the same write it moves the
   * head and renews the lease.
   *
   * @param session - `TargetTransaction.session` of a shared target system: the entries are part of its transaction.
   */
  append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void>;
  /** The entries that the query asks for, by seq; none before `open()`. Read in pages: a long chain needs no long memory. */
  history(query?: HistoryQuery): AsyncIterable<AuditEntry>;
  /** Takes the lease if it is free or has run out. @returns null when another holds it. */
  acquire(request: LeaseRequest): Promise<Acquisition | null>;
  /** @returns false when the fence is not the current one. A lease that ran out while nobody took it is renewed. */
  renew(fence: Fence): Promise<boolean>;
  /** Makes the lease expired and records what the run has settled. No effect when the fence is not the current one. */
  release(fence: Fence, settled?: Settled): Promise<void>;
  /**
   * Records what was found to be settled, if the chain still ends at `settled.seq` and nobody holds the lease.
   * Changes nothing that a process that waits for the lease watches.
   */
  settle(settled: Settled): Promise<void>;
  /** Gives the chain another store id. @throws StaleFenceError */
  adopt(storeId: string, fence: Fence): Promise<void>;
}
