import type { DataSource } from 'typeorm';
import { dialectOf } from './dialect-of.js';
import { whenFree } from './sqlite-connection.js';

/**
 * Lets several users of one connection take turns.
 *
 * On SQLite a DataSource has only one connection: a statement that is sent while a transaction is open becomes part of it, and two
 * transactions cannot be open at once. Databases with a pool need no turns: everything runs at once.
 */
export interface ConnectionQueue {
  /** The session of the target system's transaction that is open on the connection; undefined when there is none, and always with a pool. */
  readonly held: unknown;
  /** Runs `work` in its turn, with no transaction open on the connection. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /**
   * As `run`; meanwhile `held` is `session`.
   * For a transaction that takes the database's write lock with its first statement (BEGIN IMMEDIATE).
   */
  hold<T>(session: unknown, work: () => Promise<T>): Promise<T>;
}

const POOLED: ConnectionQueue = { held: undefined, run: (work) => work(), hold: (_, work) => work() };

const queues = new WeakMap<DataSource, ConnectionQueue>();

/** The queue of a DataSource: always the same one. */
export function connectionQueue(dataSource: DataSource): ConnectionQueue {
  if (!dialectOf(dataSource).singleConnection) return POOLED;
  const queue = queues.get(dataSource) ?? new SingleConnectionQueue(dataSource);
  queues.set(dataSource, queue);
  return queue;
}

class SingleConnectionQueue implements ConnectionQueue {
  held: unknown;
  #last: Promise<unknown> = Promise.resolve();

  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => whenFree(this.#dataSource, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  hold<T>(session: unknown, work: () => Promise<T>): Promise<T> {
    return this.run(async () => {
      this.held = session;
      try {
        return await work();
      } finally {
        this.held = undefined;
      }
    });
  }
}
