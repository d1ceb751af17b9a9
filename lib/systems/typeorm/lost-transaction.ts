import type { QueryRunner } from 'typeorm';
import type { Dialect } from './dialect.js';
import { driverErrorFacts } from './driver-errors.js';

/** Deadlock, and MariaDB's "record has changed since last read". */
const ROLLED_BACK = new Set([1213, 1020]);

/**
 * True when MySQL or MariaDB answered a statement by rolling back the whole transaction: the next statement would run outside of it.
 * After an error, PostgreSQL itself refuses every statement; with SQLite, the connection says whether a transaction is open.
 */
export function isRolledBackByServer({ name }: Dialect, error: unknown): boolean {
  return name === 'mysql' && ROLLED_BACK.has(driverErrorFacts(error)?.errno ?? 0);
}

/** The savepoint right after BEGIN. It is missing later exactly when something else has ended the transaction. */
const SAVEPOINT = 'flamingock_change';

/** Sets the savepoint. */
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

/** Asks the server whether a transaction is open. Not for SQLite, where a savepoint begins one. */
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

/** True when PostgreSQL refuses the statement because an earlier one of the transaction has failed. */
export function isAborted(error: unknown): boolean {
  return driverErrorFacts(error)?.code === '25P02';
}
