import type { QueryRunner } from 'typeorm';
import type { Dialect } from './dialect.js';
import { driverErrorFacts } from './driver-errors.js';

/** Deadlock; "record has changed since last read" of MariaDB. */
const ROLLED_BACK = new Set([1213, 1020]);

/**
 * True when the database answered a statement by rolling back the whole transaction, so that the next one would run outside of it.
 * PostgreSQL refuses everything after an error by itself; SQLite says so on its connection.
 */
export function isRolledBackByServer({ name }: Dialect, error: unknown): boolean {
  return name === 'mysql' && ROLLED_BACK.has(driverErrorFacts(error)?.errno ?? 0);
}

/** The savepoint right after BEGIN: gone exactly when the transaction ended before we ended it. */
const SAVEPOINT = 'flamingock_change';

export async function setSavepoint(runner: QueryRunner): Promise<void> {
  await runner.query(`SAVEPOINT ${SAVEPOINT}`);
}

/** @returns whether the transaction is still the one in which the savepoint was set */
export async function releaseSavepoint(runner: QueryRunner): Promise<boolean> {
  try {
    await runner.query(`RELEASE SAVEPOINT ${SAVEPOINT}`);
    return true;
  } catch (error) {
    if (isMissingSavepoint(error)) return false;
    throw error;
  }
}

/** Whether a transaction is open, as the server sees it. Not for SQLite, where a savepoint begins one. */
export async function isInTransaction(runner: QueryRunner): Promise<boolean> {
  try {
    await setSavepoint(runner);
    return await releaseSavepoint(runner);
  } catch (error) {
    if (isMissingSavepoint(error)) return false;
    if (isAborted(error)) return true;
    throw error;
  }
}

function isMissingSavepoint(error: unknown): boolean {
  const { code = '', errno = 0, message = '' } = driverErrorFacts(error) ?? {};
  return code === '3B001' || code === '25P01' || errno === 1305 || message.startsWith('no such savepoint');
}

/** True when a statement of a PostgreSQL transaction has failed: it answers nothing but ROLLBACK. */
export function isAborted(error: unknown): boolean {
  return driverErrorFacts(error)?.code === '25P02';
}
