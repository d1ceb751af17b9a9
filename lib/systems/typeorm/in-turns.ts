import { setImmediate as nextTurn } from 'node:timers/promises';

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
