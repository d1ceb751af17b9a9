import type { AuditStore } from '../../core/audit-store.js';
import type { TransactionalTargetSystem } from '../../core/target-system.js';

/** One store instance on a connection of its own, as a process of its own would have it. */
export interface ConnectedStore {
  readonly store: AuditStore;
  /** On the same connection; required when the harness says `sharesTransactions`. */
  readonly target?: TransactionalTargetSystem;
  close(): Promise<void>;
}

/** An empty place for audit stores: a database, a schema, or table names of its own. */
export interface StoreStorage {
  /** A store that has not been opened. Every call makes a connection of its own to the same place. */
  connect(namespace: string): Promise<ConnectedStore>;
  /** Removes every entry of the namespace behind this seq, as by hand: around the store, its record of the lock left as it is. */
  cut(namespace: string, after: number): Promise<void>;
  /** Removes the place and all that is in it. */
  drop(): Promise<void>;
}

/** What the contract suite of audit stores is told about a store. */
export interface AuditStoreHarness {
  /** As it shall appear in the test report. */
  readonly name: string;
  /** Whether `append` can be part of a transaction of a target system on the same connection. */
  readonly sharesTransactions: boolean;
  /**
   * How the store finds out that a lease has run out: by its server's clock, or by watching it not change for a whole
   * lease, so that whoever has not looked before must look for as long as that.
   * @default 'by-clock'
   */
  readonly judgesLease?: 'by-clock' | 'by-watching';
  /** Rounds of each race for the lease. @default 20 */
  readonly raceRounds?: number;
  /** A lease that is long enough to be seen and short enough to be waited for, in milliseconds. @default 300 */
  readonly shortLeaseMs?: number;
  createStorage(): Promise<StoreStorage>;
}
