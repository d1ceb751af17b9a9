import type { Clock } from '../model/clock.js';

/** A moment on both clocks, in milliseconds: the monotonic clock may stop while the machine sleeps, and the wall clock may be corrected. */
export interface Deadline {
  readonly wall: number;
  readonly monotonic: number;
}

/** The moment `ms` milliseconds from now. */
export function deadlineIn(clock: Clock, ms: number): Deadline {
  return { wall: clock.now() + ms, monotonic: clock.monotonic() + ms };
}

/** Milliseconds until the deadline; zero or less when it has passed on either clock. */
export function remaining(clock: Clock, { wall, monotonic }: Deadline): number {
  return Math.min(wall - clock.now(), monotonic - clock.monotonic());
}

/**
 * Settles as `work` does, or rejects with the reason of the first of `signals` that fires before.
 * A later rejection of `work` is ignored.
 */
export async function raceWithSignals<T>(work: Promise<T>, signals: readonly AbortSignal[]): Promise<T> {
  const registered: (() => void)[] = [];
  const fired = new Promise<never>((_, reject) => {
    for (const signal of signals) {
      const onAbort = (): void => reject(signal.reason as Error);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort);
      registered.push(() => signal.removeEventListener('abort', onAbort));
    }
  });
  try {
    return await Promise.race([work, fired]);
  } finally {
    for (const forget of registered) forget();
    work.catch(() => undefined);
    fired.catch(() => undefined);
  }
}

/**
 * Waits for an answer for at most `ms` milliseconds, because a peer may disappear without closing the connection.
 * A later answer is ignored.
 *
 * @throws Error when the time has passed, the reason of the first of `signals` that fires, or the rejection of `answer`
 */
export async function inTime<T>(
  clock: Clock,
  ms: number,
  answer: Promise<T>,
  signals: readonly AbortSignal[] = [],
): Promise<T> {
  const over = new AbortController();
  const answered = new AbortController();
  void clock.sleep(ms, answered.signal).then(() => {
    if (!answered.signal.aborted) over.abort(new Error(`there was no answer within ${Math.round(ms)} ms`));
  });
  try {
    return await raceWithSignals(answer, [...signals, over.signal]);
  } finally {
    answered.abort();
  }
}
