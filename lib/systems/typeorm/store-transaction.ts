import { setImmediate as nextTurn } from 'node:timers/promises';
import { raw } from './sql.js';
import type { Execute } from './store-connection.js';

/** How long items may be given without a pause, in milliseconds. */
const SPELL_MS = 10;

/**
 * The same items, with a pause now and then in which timers and sockets have their turn.
 *
 * What SQLite reads is there when the call returns, so that a loop over it, however long, would never leave the microtasks.
 */
export async function* inTurns<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  let since = performance.now();
  for await (const item of items) {
    yield item;
    if (performance.now() - since < SPELL_MS) continue;
    await nextTurn();
    since = performance.now();
  }
}

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
