import type { Clients, TargetSystem, TransactionalTargetSystem } from '../../core/target-system.js';

/** Brings about an effect called `name` through the clients of an attempt; resolves when it is done. */
export type Effect = (clients: Clients, name: string) => Promise<void>;

/** One target system instance on a connection of its own, as a process of its own would have it. */
export interface ConnectedTarget<T extends TargetSystem = TargetSystem> {
  readonly target: T;
  close(): Promise<void>;
}

/** An empty place for a target system: a database, a schema, a folder, a server. */
export interface TargetPlace<T extends TargetSystem = TargetSystem> {
  /** Every call makes a connection of its own to the same place. */
  connect(): Promise<ConnectedTarget<T>>;
  /** The names of the effects that are in the place for everybody to see, in any order; read around the target system. */
  effects(): Promise<readonly string[]>;
  /** Removes the place and all that is in it. */
  drop(): Promise<void>;
}

/** What the contract suite is told about any target system. */
export interface AnyTargetHarness<T extends TargetSystem = TargetSystem> {
  /** As it shall appear in the test report. */
  readonly name: string;
  readonly transactional: boolean;
  /** Ways to bring about an effect, by name: one for each client, at least. */
  readonly effects: Readonly<Record<string, Effect>>;
  createPlace(): Promise<TargetPlace<T>>;
}

/** A target system without transactions. */
export interface PlainTargetHarness extends AnyTargetHarness {
  readonly transactional: false;
}

/** A target system with transactions. */
export interface TransactionalTargetHarness extends AnyTargetHarness<TransactionalTargetSystem> {
  readonly transactional: true;
  /**
   * Whether two transactions may write at one time. Where not (a database locked as a whole), a transaction that is
   * in the way of another must make it wait for a bounded time, then fail.
   */
  readonly concurrentWriters: boolean;
  /**
   * What raising the fence within a transaction does to a newer holder: the row stays `locked` until the commit, or nothing
   * is locked and the commit is `compared` with what was seen, and refused when somebody raised the fence meanwhile.
   * @default 'locked'
   */
  readonly fenceRow?: 'locked' | 'compared';
  /** A statement that commits on its own; required exactly where the target system says `commitsImplicitly`. */
  readonly breakOpen?: (clients: Clients) => Promise<void>;
  /** An effect beside the transaction, on the same connection; required where the target system can notice it. */
  readonly outside?: (target: TransactionalTargetSystem, name: string) => Promise<void>;
}

/** What the contract suite of target systems is told about a target system. */
export type TargetSystemHarness = PlainTargetHarness | TransactionalTargetHarness;
