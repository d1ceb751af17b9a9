import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for something that cannot fail, but no longer than so many milliseconds. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const waited = new AbortController();
  const late = sleep(ms, undefined, { signal: waited.signal }).catch(() => {});
  await Promise.race([work, late]);
  waited.abort();
}
