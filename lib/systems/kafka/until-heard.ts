import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 20;
const HEARD_MS = 10_000;

/**
 * Asks until it is so: a broker hears of what the controller did a moment after the answer. At most 10 s: what the controller
 * has, a broker that has not heard of it in that time will.
 */
export async function untilHeard(ask: () => Promise<boolean>): Promise<void> {
  for (const start = performance.now(); performance.now() - start < HEARD_MS; await sleep(PAUSE_MS))
    if (await ask()) return;
}
