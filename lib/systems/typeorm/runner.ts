import { types } from 'node:util';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Dialect } from './dialect.js';
import { unloggedDriver } from './unlogged.js';

/**
 * Makes a separate runner.
 *
 * On SQLite, TypeORM gives everybody the same runner. This one has the same connection, but its own transaction state.
 * The DataSource does not make it, so no hook on `dataSource.createQueryRunner` sees it.
 */
export function createRunner(dataSource: DataSource, { singleConnection }: Dialect): QueryRunner {
  const { driver } = dataSource;
  const made = driver.createQueryRunner('master');
  const runner = singleConnection ? (Reflect.construct(made.constructor, [driver]) as QueryRunner) : made;
  return Object.assign(runner, { manager: dataSource.createEntityManager(runner) });
}

/** A runner for this library's own statements, which the app's logger does not see. */
export function createOwnRunner(dataSource: DataSource, dialect: Dialect): QueryRunner {
  return Object.assign(createRunner(dataSource, dialect), { driver: unloggedDriver(dataSource) });
}

/** Runs `work` with a runner for this library's own statements, and gives its connection back. */
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
 * Gives the connection back. A connection that the pool has promised and not delivered yet is given back when it comes, which TypeORM
 * itself does not do. Does not wait for the pool.
 */
export async function release(runner: QueryRunner): Promise<void> {
  const promised: unknown = Reflect.get(runner, 'databaseConnectionPromise');
  if (!types.isPromise(promised) || connectionOf(runner)) return runner.release();
  const releaseLater = (): Promise<void> => runner.release();
  void promised.then(releaseLater).catch(() => undefined);
}

/** The members of the drivers' connections that close them. */
interface Cuttable {
  /** mysql2: sends a goodbye to the server and leaves the pool. */
  destroy?(): void;
  /** mysql2: closes the socket, since a dead peer does not answer a goodbye. */
  readonly stream?: { destroy(error: Error): void };
  /** mysql2: an `error` event without a listener would end the process. */
  on?(event: 'error', listener: () => void): unknown;
  /** pg: closes; the pool drops a closed client when it is released. */
  end?(): unknown;
}

/** Closes the connection, because its state is unknown, and gives it back. SQLite keeps its only connection. */
export async function discard(runner: QueryRunner, { singleConnection, name }: Dialect): Promise<void> {
  const connection = connectionOf(runner) as Cuttable | undefined;
  if (!singleConnection && !runner.isReleased) {
    if (name === 'mysql') {
      connection?.on?.('error', () => undefined);
      connection?.destroy?.();
      // With an error: otherwise mysql2 rejects neither the statement in flight nor those that wait behind it, and
      // `dataSource.destroy()` would wait forever for the pool's goodbye.
      connection?.stream?.destroy(new Error('the connection was given up'));
    } else void Promise.resolve(connection?.end?.()).catch(() => undefined);
  }
  await release(runner);
}

/**
 * The connection of a runner; undefined when it has none.
 * Not `runner.connect()`: a released runner without a connection would take one from the pool, which TypeORM never gets back, so
 * that `dataSource.destroy()` would not end.
 */
export function connectionOf(runner: QueryRunner): unknown {
  return Reflect.get(runner, 'databaseConnection');
}
