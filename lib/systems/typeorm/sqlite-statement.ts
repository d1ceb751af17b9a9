import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { SQLITE } from './dialect-sqlite.js';
import { raw, textOf, type Sql, type Outcome, type Row } from './sql.js';
import type { SqliteConnection } from './sqlite-connection.js';

/** As better-sqlite3 waits by itself. */
const DEFAULT_WAIT_MS = 5_000;
const POLL_MS = 10;

/**
 * Tries again, as long as the DataSource's `timeout` says, while another process has the database locked.
 *
 * SQLite itself would wait by blocking this whole process.
 */
export async function whileLocked<T>({ options }: DataSource, attempt: () => T | Promise<T>): Promise<T> {
  const waitMs = (options.type === 'better-sqlite3' && options.timeout) || DEFAULT_WAIT_MS;
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!SQLITE.errors.isLockTimeout(error) || performance.now() > deadline) throw error;
    }
    await sleep(POLL_MS * (0.5 + Math.random()));
  }
}

/** Runs a statement in this very tick: TypeORM's runner would let others run between its first line and the driver. */
export function executeInTick(connection: SqliteConnection, statement: Sql): Outcome {
  return withoutWaiting(connection, () => execute(connection, statement));
}

/** Runs two statements in a transaction of their own, in this very tick; rolled back when the first one writes no row. @returns whether it did */
export function executeTogether(connection: SqliteConnection, first: Sql, second: Sql): boolean {
  const run = (statement: Sql): Outcome => executeInTick(connection, statement);
  run(raw('BEGIN IMMEDIATE'));
  try {
    const { written } = run(first);
    if (written) run(second);
    run(raw(written ? 'COMMIT' : 'ROLLBACK'));
    return written > 0;
  } catch (error) {
    if (connection.inTransaction) run(raw('ROLLBACK'));
    throw error;
  }
}

function execute(connection: SqliteConnection, statement: Sql): Outcome {
  const { values } = statement;
  const prepared = connection.prepare(textOf(statement, SQLITE));
  if (prepared.reader) return { rows: [...prepared.all(...values)] as Row[], written: 0 };
  return { rows: [], written: prepared.run(...values).changes };
}

function withoutWaiting<T>(connection: SqliteConnection, work: () => T): T {
  const timeout = connection.pragma('busy_timeout', { simple: true });
  connection.pragma('busy_timeout = 0');
  try {
    return work();
  } finally {
    connection.pragma(`busy_timeout = ${Number(timeout)}`);
  }
}
