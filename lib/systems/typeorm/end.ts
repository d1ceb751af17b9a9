import type { QueryRunner } from 'typeorm';
import type { SqliteConnection } from './begin.js';
import type { Dialect } from './dialect.js';
import { discard } from './runner.js';

/**
 * Commits, and gives the connection back.
 *
 * @throws what the commit throws; then the connection is closed, because its state is unknown
 */
export async function commit(runner: QueryRunner, dialect: Dialect): Promise<void> {
  try {
    await runner.commitTransaction();
  } catch (error) {
    await abandon(runner, dialect);
    throw error;
  }
  await runner.release();
}

/** Rolls back and gives the connection back. Never throws: the caller has an error already that matters more. */
export async function rollBack(runner: QueryRunner, dialect: Dialect): Promise<void> {
  try {
    await runner.rollbackTransaction();
    await runner.release();
  } catch {
    await abandon(runner, dialect);
  }
}

async function abandon(runner: QueryRunner, dialect: Dialect): Promise<void> {
  if (dialect.singleConnection) await rollBackSqlite(runner);
  await discard(runner, dialect).catch(() => undefined);
}

/** A COMMIT that failed (locked by a reader, disk full) leaves SQLite's transaction open, on the only connection. */
async function rollBackSqlite(runner: QueryRunner): Promise<void> {
  const connection: SqliteConnection = await runner.connect();
  if (connection.inTransaction) connection.exec('ROLLBACK');
}
