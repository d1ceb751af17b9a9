import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { TargetSystemError } from '../../core/model/errors.js';

/** The part of better-sqlite3's prepared statement that is used here. */
export interface SqliteStatement {
  /** True when it returns rows. */
  readonly reader: boolean;
  all(...values: unknown[]): unknown[];
  run(...values: unknown[]): { readonly changes: number };
}

/** The part of better-sqlite3's connection that is used here. Its calls are synchronous. */
export interface SqliteConnection {
  readonly inTransaction: boolean;
  prepare(text: string): SqliteStatement;
  pragma(text: string, options?: { readonly simple: boolean }): unknown;
}

/** How long to wait for the end of the app's own transaction on the connection, and how often to look, in milliseconds. */
const FOREIGN_WAIT_MS = 15_000;
const POLL_MS = 5;

/** The only connection of a DataSource of type better-sqlite3. @throws TargetSystemError when it is not open */
export function sqliteConnection(dataSource: DataSource): SqliteConnection {
  const connection: unknown = Reflect.get(dataSource.driver, 'databaseConnection');
  if (isConnection(connection)) return connection;
  throw new TargetSystemError('The DataSource has no open SQLite connection', {
    fix: ['initialize the DataSource before changes run, and destroy it after them'],
  });
}

/**
 * Waits until no transaction is open on the connection, and calls `work` in the same tick. So no statement of the app comes between, and
 * what `work` writes cannot be rolled back by a transaction of the app.
 *
 * @throws TargetSystemError when a transaction stays open for 15 s
 */
export async function whenFree<T>(
  dataSource: DataSource,
  work: (connection: SqliteConnection) => T | Promise<T>,
): Promise<T> {
  const deadline = performance.now() + FOREIGN_WAIT_MS;
  for (;;) {
    const connection = sqliteConnection(dataSource);
    if (!connection.inTransaction) return work(connection);
    if (performance.now() > deadline) throw foreignTransaction();
    await sleep(POLL_MS);
  }
}

function isConnection(value: unknown): value is SqliteConnection {
  return typeof value === 'object' && value !== null && 'inTransaction' in value && 'prepare' in value;
}

function foreignTransaction(): TargetSystemError {
  return new TargetSystemError(
    `A transaction of the app's own has been open on its only SQLite connection for ${FOREIGN_WAIT_MS / 1000} s`,
    { fix: ["end it before changes run, or give the app's own work a DataSource of its own"] },
  );
}
