import type { Clock } from '../../../lib/core/model/clock.js';
import { systemClock } from '../../../lib/nest/system-clock.js';

const STARTED_AT = Date.now();

/** Shorter than any third of a lease, longer than the pause before a question is asked again. */
const SHORT_PAUSE_MS = 500;

/** The clock of a process that does not notice that time passes, so that it neither renews nor gives up. */
const TIMELESS: Clock = {
  now: () => STARTED_AT,
  monotonic: () => 0,
  random: () => 0,
  sleep: (ms, signal) => (ms < SHORT_PAUSE_MS ? systemClock.sleep(ms, signal) : untilAborted(signal)),
};

function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Real time, unless the process is to be unaware of it. */
export function clockOf({ timeless = false }: { readonly timeless?: boolean }): Clock {
  return timeless ? TIMELESS : systemClock;
}
