import type { Clients } from '../../core/target-system.js';
import { leftOpen } from './attempt-errors.js';
import type { MongoAttempt } from './mongo-attempt.js';
import { asOwn } from './own-context.js';
import { type AttemptParts, DRAIN_MS, quiesce, withAttempt } from './run-attempt.js';

/** Gives `work` clients outside any transaction; the transactions that it begins are its own affair, but it must end them. */
export function runConnected<T>(parts: AttemptParts, work: (clients: Clients) => Promise<T>): Promise<T> {
  return withAttempt(parts, false, async (open) => {
    const { attempt, clients } = open;
    let leftOne: boolean;
    let result: T;
    try {
      result = await attempt.run(() => work(clients));
      await attempt.underWay.drain(DRAIN_MS);
    } finally {
      await quiesce(open);
      leftOne = await endSessions(attempt);
    }
    if (leftOne) throw leftOpen(attempt.place);
    return result;
  });
}

/** @returns whether a transaction was open in one of them */
async function endSessions({ session, begun }: MongoAttempt): Promise<boolean> {
  const left = [session, ...begun].filter(({ hasEnded }) => !hasEnded);
  const isOpen = left.some((each) => each.inTransaction());
  for (const each of left) await asOwn(() => each.endSession());
  return isOpen;
}
