import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { TargetSystemError } from '../../core/model/errors.js';
import type { Dialect } from './dialect.js';
import { driverErrorFacts } from './driver-errors.js';

const POLL_MS = 20;

/** The part of better-sqlite3's connection that is used here. */
export interface SqliteConnection {
  readonly inTransaction: boolean;
  exec(statement: string): unknown;
  pragma(text: string, options?: { readonly simple: boolean }): unknown;
}

/**
 * Begins a transaction: on SQLite with BEGIN IMMEDIATE, which takes the write lock, otherwise through TypeORM, which notifies its
 * subscribers.
 *
 * @param waitMs - how long to wait for SQLite's lock, in milliseconds
 * @throws TargetSystemError when another connection keeps SQLite's lock for longer
 */
export async function begin(
  runner: QueryRunner,
  dialect: Dialect,
  waitMs: number,
  isolation = dialect.isolation,
): Promise<void> {
  if (!dialect.singleConnection) return runner.startTransaction(isolation);
  const connection: SqliteConnection = await runner.connect();
  const deadline = performance.now() + waitMs;
  while (!beginImmediate(connection)) {
    if (performance.now() > deadline) throw locked(waitMs);
    await sleep(POLL_MS);
  }
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
}

/**
 * Tries once, without waiting: SQLite itself would wait by blocking the whole process, so that the lease could not be renewed.
 *
 * @returns false when another connection has the lock, or a transaction is open on this one
 */
function beginImmediate(connection: SqliteConnection): boolean {
  if (connection.inTransaction) return false;
  const timeout = connection.pragma('busy_timeout', { simple: true });
  try {
    connection.pragma('busy_timeout = 0');
    connection.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (driverErrorFacts(error)?.code.startsWith('SQLITE_BUSY')) return false;
    throw error;
  } finally {
    connection.pragma(`busy_timeout = ${Number(timeout)}`);
  }
}

function locked(waitMs: number): TargetSystemError {
  return new TargetSystemError(
    `The SQLite database has been locked by another connection or process for ${waitMs} ms.`,
    {
      fix: [
        'end the other program that writes to the file, or wait until it is done',
        'within one app, give audit store and target system the same DataSource',
        'or give the target system a longer lockWait',
      ],
    },
  );
}
