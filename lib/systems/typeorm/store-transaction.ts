import { raw } from './sql.js';
import type { Execute } from './store-connection.js';

/**
 * A small transaction of MySQL's or MariaDB's, of the store's own, on the connection of `execute`.
 *
 * READ COMMITTED: under REPEATABLE READ, what an INSERT … SELECT reads is locked with its neighbours in the index, and a
 * process of another namespace that stands still before its COMMIT would hold this one up.
 */
export async function inTransaction<T>(execute: Execute, work: () => Promise<T>): Promise<T> {
  await execute(raw('SET TRANSACTION ISOLATION LEVEL READ COMMITTED'));
  await execute(raw('START TRANSACTION'));
  try {
    const result = await work();
    await execute(raw('COMMIT'));
    return result;
  } catch (error) {
    // A connection that cannot roll back any more has ended the transaction by itself.
    await execute(raw('ROLLBACK')).catch(() => undefined);
    throw error;
  }
}
