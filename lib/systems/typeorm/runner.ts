import { types } from 'node:util';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Dialect } from './dialect.js';
import { unloggedDriver } from './unlogged.js';

/**
 * A runner of one's own.
 *
 * On SQLite TypeORM hands out one and the same runner to everybody; this one has the same connection, but a transaction state of its own.
 * It is not made by the DataSource, so no hook on `dataSource.createQueryRunner` sees it.
 */
export function createRunner(dataSource: DataSource, { singleConnection }: Dialect): QueryRunner {
  const { driver } = dataSource;
  const made = driver.createQueryRunner('master');
  const runner = singleConnection ? (Reflect.construct(made.constructor, [driver]) as QueryRunner) : made;
  return Object.assign(runner, { manager: dataSource.createEntityManager(runner) });
}

/** A runner for statements of our own, which are no news for the app's logger. */
export function createOwnRunner(dataSource: DataSource, dialect: Dialect): QueryRunner {
  return Object.assign(createRunner(dataSource, dialect), { driver: unloggedDriver(dataSource) });
}

/** Lets `work` use a runner for statements of our own, and gives its connection back. */
export async function withRunner<T>(
  dataSource: DataSource,
  dialect: Dialect,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = createOwnRunner(dataSource, dialect);
  try {
    return await work(runner);
  } finally {
    await release(runner);
  }
}

/**
 * Gives the connection back, also one that the pool has promised and not given yet: TypeORM would forget it.
 * Does not wait for the pool.
 */
export async function release(runner: QueryRunner): Promise<void> {
  const promised: unknown = Reflect.get(runner, 'databaseConnectionPromise');
  if (!types.isPromise(promised) || connectionOf(runner)) return runner.release();
  const releaseLater = (): Promise<void> => runner.release();
  void promised.then(releaseLater).catch(() => undefined);
}

/** What can be cut off, in the drivers' words. */
interface Cuttable {
  /** mysql2: says goodbye and leaves the pool. */
  destroy?(): void;
  /** mysql2: a dead peer does not answer a goodbye. */
  readonly stream?: { destroy(error: Error): void };
  /** mysql2: an error that nobody listens to would end the process. */
  on?(event: 'error', listener: () => void): unknown;
  /** pg: closes; the pool drops a closed client when it is released. */
  end?(): unknown;
}

/** Gives the connection back so that nobody uses it again: what it is in the middle of is unknown. SQLite keeps its only one. */
export async function discard(runner: QueryRunner, { singleConnection, name }: Dialect): Promise<void> {
  const connection = connectionOf(runner) as Cuttable | undefined;
  if (!singleConnection && !runner.isReleased) {
    if (name === 'mysql') {
      connection?.on?.('error', () => undefined);
      connection?.destroy?.();
      // With an error, else mysql2 tells neither the statement that is under way nor what waits behind it: the goodbye of a
      // pool that is being closed would be waited for by `dataSource.destroy()` for ever.
      connection?.stream?.destroy(new Error('the connection was given up'));
    } else void Promise.resolve(connection?.end?.()).catch(() => undefined);
  }
  await release(runner);
}

/**
 * The connection that a runner has; undefined when it has none.
 * Not `runner.connect()`: a runner that was released without a connection takes one when it is asked, and TypeORM
 * never gets it back, so that `dataSource.destroy()` does not end.
 */
export function connectionOf(runner: QueryRunner): unknown {
  return Reflect.get(runner, 'databaseConnection');
}
