import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { TargetSystemError } from '../../core/errors.js';
import { dialectOf } from './dialect.js';

/** How long to wait for a transaction of the app's own on the connection, and how often to look. */
const FOREIGN_WAIT_MS = 15_000;
const FOREIGN_POLL_MS = 5;

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
    const turn = this.last.then(async () => {
      await untilNoTransaction(this.dataSource.createQueryRunner());
      return work();
    });
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

/** The app may have a transaction of its own open on the connection; what we wrote within it could be rolled back by it. */
async function untilNoTransaction(runner: QueryRunner): Promise<void> {
  const deadline = performance.now() + FOREIGN_WAIT_MS;
  while (runner.isTransactionActive) {
    if (performance.now() > deadline) throw foreignTransaction();
    await sleep(FOREIGN_POLL_MS);
  }
}

function foreignTransaction(): TargetSystemError {
  return new TargetSystemError(
    `A transaction that is not ours has been open on the only SQLite connection for ${FOREIGN_WAIT_MS / 1000} s`,
    { fix: ['end it before changes run, or give the app’s own work a DataSource of its own'] },
  );
}
