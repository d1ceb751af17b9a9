import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { TargetSystemError } from '../../core/errors.js';
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
 * Begins a transaction: on SQLite with the write lock taken at once, elsewhere by TypeORM, so that its subscribers hear of it.
 *
 * @param waitMs - how long to wait for SQLite's lock
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
 * One try, in one tick and without waiting: SQLite itself would wait by blocking the whole process, renewal of the lease included.
 *
 * @returns false when another connection has the lock, or somebody a transaction on this one
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
