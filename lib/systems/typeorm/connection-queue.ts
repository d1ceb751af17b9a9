import type { DataSource } from 'typeorm';
import { dialectOf } from './dialect.js';
import { whenFree } from './sqlite-connection.js';

/**
 * Takes turns on a connection that there is only one of.
 *
 * SQLite has one connection for each DataSource: a statement that is sent while a transaction is open becomes part of it,
 * and two transactions cannot be open at once. Databases with a pool need no turns: there everything runs at once.
 */
export interface ConnectionQueue {
  /** The session of the target system's transaction that has the connection now; undefined otherwise, and always with a pool. */
  readonly held: unknown;
  /** Runs `work` in its turn, with no transaction open on the connection. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /**
   * As `run`, and tells everybody by `held` that the transaction of `session` has the connection meanwhile.
   * For a transaction that takes the database's write lock with its first statement (BEGIN IMMEDIATE).
   */
  hold<T>(session: unknown, work: () => Promise<T>): Promise<T>;
}

const POOLED: ConnectionQueue = { held: undefined, run: (work) => work(), hold: (_, work) => work() };

const queues = new WeakMap<DataSource, ConnectionQueue>();

/** The queue of a DataSource: one and the same for everything that works on it. */
export function connectionQueue(dataSource: DataSource): ConnectionQueue {
  if (!dialectOf(dataSource).singleConnection) return POOLED;
  const queue = queues.get(dataSource) ?? new SingleConnectionQueue(dataSource);
  queues.set(dataSource, queue);
  return queue;
}

class SingleConnectionQueue implements ConnectionQueue {
  held: unknown;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly dataSource: DataSource) {}

  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(() => whenFree(this.dataSource, work));
    this.last = turn.catch(() => undefined);
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
