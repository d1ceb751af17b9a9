import type { AuditStore } from '../../core/model/audit-store.js';
import type { TransactionalTargetSystem } from '../../core/model/target-system.js';

/** One store instance on a connection of its own, like that of another process. */
export interface ConnectedStore {
  readonly store: AuditStore;
  /** On the same connection; required when the harness says `sharesTransactions`. */
  readonly target?: TransactionalTargetSystem;
  close(): Promise<void>;
}

/** An empty location for audit stores: a database, a schema, or a prefix of table names. */
export interface StoreStorage {
  /** A store that has not been opened. Every call makes a new connection to the same location. */
  connect(namespace: string): Promise<ConnectedStore>;
  /** Removes every entry of the namespace after this seq without the store, as a person would by hand. The record of the lock stays as it is. */
  cut(namespace: string, after: number): Promise<void>;
  /** Removes the location and everything in it. */
  drop(): Promise<void>;
}

/** How the contract suite of audit stores creates and checks a store. */
export interface AuditStoreHarness {
  /** The name in the test report. */
  readonly name: string;
  /** Whether `append` can be part of a transaction of a target system on the same connection. */
  readonly sharesTransactions: boolean;
  /**
   * How the store finds out that a lease has expired: by its server's clock, or by watching that it does not change for a whole
   * lease. With `'by-watching'`, a process that has not watched before must watch for that long.
   *
   * @default 'by-clock'
   */
  readonly judgesLease?: 'by-clock' | 'by-watching';
  /** Rounds of each race for the lease. @default 20 */
  readonly raceRounds?: number;
  /** A lease, in milliseconds: long enough to be observed, short enough to wait for. @default 300 */
  readonly shortLeaseMs?: number;
  createStorage(): Promise<StoreStorage>;
}
