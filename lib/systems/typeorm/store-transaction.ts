import { raw } from './sql.js';
import type { Execute } from './store-connection.js';

/** A small transaction of the store's own on the connection of `execute`. */
export async function inTransaction<T>(execute: Execute, work: () => Promise<T>): Promise<T> {
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
