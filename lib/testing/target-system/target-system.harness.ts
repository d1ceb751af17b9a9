import type { Clients, TargetSystem, TransactionalTargetSystem } from '../../core/model/target-system.js';

/** Makes an effect called `name` through the clients of an attempt; resolves when it is done. */
export type Effect = (clients: Clients, name: string) => Promise<void>;

/** One target system instance on a connection of its own, like that of another process. */
export interface ConnectedTarget<T extends TargetSystem = TargetSystem> {
  readonly target: T;
  close(): Promise<void>;
}

/** An empty location for a target system: a database, a schema, a folder, a server. */
export interface TargetLocation<T extends TargetSystem = TargetSystem> {
  /** Every call makes a new connection to the same location. */
  connect(): Promise<ConnectedTarget<T>>;
  /** The names of the effects that everybody can see in the location, in any order; read without the target system. */
  effects(): Promise<readonly string[]>;
  /** Removes the location and everything in it. */
  drop(): Promise<void>;
}

/** How the contract suite creates and checks any target system. */
export interface AnyTargetHarness<T extends TargetSystem = TargetSystem> {
  /** The name in the test report. */
  readonly name: string;
  readonly transactional: boolean;
  /** Ways to make an effect, by name: at least one for each client. */
  readonly effects: Readonly<Record<string, Effect>>;
  createLocation(): Promise<TargetLocation<T>>;
}

/** A target system without transactions. */
export interface PlainTargetHarness extends AnyTargetHarness {
  readonly transactional: false;
}

/** A target system with transactions. */
export interface TransactionalTargetHarness extends AnyTargetHarness<TransactionalTargetSystem> {
  readonly transactional: true;
  /**
   * Whether two transactions may write at the same time. Where they may not (a database that is locked as a whole), the second
   * one waits for a bounded time, then fails.
   */
  readonly concurrentWriters: boolean;
  /**
   * How a transaction that raises the fence excludes a newer holder: `'locked'`, the row is locked until the commit; or
   * `'compared'`, nothing is locked, and the commit is refused when the row has changed since it was read.
   *
   * @default 'locked'
   */
  readonly fenceRow?: 'locked' | 'compared';
  /** A statement that commits implicitly. Required if, and only if, the target system says `commitsImplicitly`. */
  readonly breakOpen?: (clients: Clients) => Promise<void>;
  /** An effect outside the transaction, on the same connection. Required where the target system can detect it. */
  readonly outside?: (target: TransactionalTargetSystem, name: string) => Promise<void>;
}

/** What the contract suite of target systems takes. */
export type TargetSystemHarness = PlainTargetHarness | TransactionalTargetHarness;
