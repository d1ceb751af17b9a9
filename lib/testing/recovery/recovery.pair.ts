import type { ExecutionStrategy } from '../../core/model/audit-entry.js';
import type { AuditStore } from '../../core/model/audit-store.js';
import type { Clients, TargetSystem } from '../../core/model/target-system.js';
import type { Effect } from '../target-system/target-system.harness.js';

/** A store and a target system on connections of their own, like those of one process. */
export interface ConnectedPair {
  readonly store: AuditStore;
  readonly target: TargetSystem;
  close(): Promise<void>;
}

/** Options of the connections of one process. */
export interface ConnectOptions {
  /** The namespace of its store. @default that of the scene */
  readonly namespace?: string;
  /** The time zone of its sessions, in hours before UTC. A pair whose connections have no time zone ignores it. */
  readonly utcOffsetHours?: number;
}

/** An empty location for both: databases, or a folder. */
export interface PairLocation {
  /** Every call makes new connections to the same location. The store has not been opened. */
  connect(namespace: string, options?: ConnectOptions): Promise<ConnectedPair>;
  /** The names of the effects that everybody can see in the target system; read without it. */
  effects(): Promise<readonly string[]>;
  /** Alters or removes an audit entry without the store. Required when the pair says that it can `tamper`. */
  readonly tamper?: (namespace: string, seq: number, how: 'edit' | 'delete') => Promise<void>;
  /** Ends every connection to the target system at the server. Required when the pair says that it can `cut`. */
  readonly cut?: () => Promise<void>;
  /** Removes the location and everything in it. */
  drop(): Promise<void>;
}

/** What only some pairs can do. */
export type PairCapability = 'tamper' | 'cut';

/** How the recovery suite creates and checks an audit store and a target system that work together. */
export interface RecoveryPair {
  /** The name in the test report. */
  readonly name: string;
  /** How changes run on this pair. */
  readonly strategy: ExecutionStrategy;
  /** Whether others can write to the audit store while a transaction of a change is open. */
  readonly concurrentWriters: boolean;
  readonly capabilities: readonly PairCapability[];
  /** A lease, in milliseconds: long enough to be renewed in time, short enough to wait for. @default 900 */
  readonly shortLeaseMs?: number;
  /** Makes an effect. */
  readonly effect: Effect;
  /** Removes an effect; no error when it is not there. */
  readonly revert: Effect;
  /** Whether the effect is there, as the clients of an attempt see it. */
  readonly sees: (clients: Clients, name: string) => Promise<boolean>;
  /** A statement that commits on its own; required exactly where the target system says `commitsImplicitly`. */
  readonly breakOpen?: (clients: Clients) => Promise<void>;
  createLocation(): Promise<PairLocation>;
}
