import type { ExecutionStrategy } from '../../core/audit-entry.js';
import type { AuditStore } from '../../core/audit-store.js';
import type { Clients, TargetSystem } from '../../core/target-system.js';
import type { Effect } from '../target-system/target-system.harness.js';

/** A store and a target system on connections of their own, as one process has them. */
export interface ConnectedPair {
  readonly store: AuditStore;
  readonly target: TargetSystem;
  close(): Promise<void>;
}

/** What a process may be told about its connections. */
export interface ConnectOptions {
  /** Of its store. @default that of the scene */
  readonly namespace?: string;
  /** The time zone of its sessions, as hours before UTC; a pair whose connections have none ignores it. */
  readonly utcOffsetHours?: number;
}

/** An empty place for both: databases, a folder. */
export interface PairPlace {
  /** Every call makes connections of its own to the same place. The store has not been opened. */
  connect(namespace: string, options?: ConnectOptions): Promise<ConnectedPair>;
  /** The names of the effects that are in the target system for everybody to see; read around it. */
  effects(): Promise<readonly string[]>;
  /** Alters or removes an audit entry behind the store's back; there when the pair says that it can `tamper`. */
  readonly tamper?: (namespace: string, seq: number, how: 'edit' | 'delete') => Promise<void>;
  /** Ends, at the server, every connection to the target system; there when the pair says that it can `cut`. */
  readonly cut?: () => Promise<void>;
  /** Removes the place and all that is in it. */
  drop(): Promise<void>;
}

/** What only some pairs can do. */
export type PairCapability = 'tamper' | 'cut';

/** What the contract suite of recovery is told about an audit store and a target system that work together. */
export interface RecoveryPair {
  /** As it shall appear in the test report. */
  readonly name: string;
  /** How changes run on this pair. */
  readonly strategy: ExecutionStrategy;
  /** Whether others can write to the audit store while a transaction of a change is open. */
  readonly concurrentWriters: boolean;
  readonly capabilities: readonly PairCapability[];
  /** A lease that is long enough to be renewed in time and short enough to be waited for, in milliseconds. @default 900 */
  readonly shortLeaseMs?: number;
  /** Brings an effect about. */
  readonly effect: Effect;
  /** Takes an effect back; no error when it is not there. */
  readonly revert: Effect;
  /** Whether the effect is there, as the clients of an attempt see it. */
  readonly sees: (clients: Clients, name: string) => Promise<boolean>;
  /** A statement that commits on its own; required exactly where the target system says `commitsImplicitly`. */
  readonly breakOpen?: (clients: Clients) => Promise<void>;
  createPlace(): Promise<PairPlace>;
}
