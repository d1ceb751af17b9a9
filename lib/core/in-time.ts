import type { Clock } from './clock.js';
import { raceWithSignals } from './race.js';

/**
 * Waits for an answer no longer than `ms` milliseconds: a peer that is gone without a word never answers, and nothing says so.
 * An answer that comes later is nobody's any more.
 *
 * @throws Error when the time is over, what the first of `signals` says, or what `answer` is rejected with
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
