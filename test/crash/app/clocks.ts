import type { Clock } from '../../../lib/core/clock.js';
import { systemClock } from '../../../lib/nest/system-clock.js';

const STARTED_AT = Date.now();

/** The clock of a process that does not notice that time passes, so that it neither renews nor gives up. */
const TIMELESS: Clock = {
  now: () => STARTED_AT,
  monotonic: () => 0,
  random: () => 0,
  sleep: (_, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) resolve();
      else signal?.addEventListener('abort', () => resolve(), { once: true });
    }),
};

/** Real time, unless the process is to be unaware of it. */
export function clockOf({ timeless = false }: { readonly timeless?: boolean }): Clock {
  return timeless ? TIMELESS : systemClock;
}
