import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until the answer is neither null, undefined nor false. @throws Error after `withinMs` milliseconds */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  withinMs = 20_000,
): Promise<T> {
  for (const start = performance.now(); performance.now() - start < withinMs; await sleep(25)) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
  }
  throw new Error(`${what} did not come about within ${withinMs} ms`);
}

/** Starts `task` for 0 … count-1 at the same time. */
export function atOnce<T>(count: number, task: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => task(index)));
}
