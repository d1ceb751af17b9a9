import type { Mongoose } from 'mongoose';
import type { MongoAttempt } from '../guard/mongo-attempt.js';
import { currentCaller } from '../guard/own-context.js';

/** Where Mongoose looks for the session of an operation that has none. It exists when `transactionAsyncLocalStorage` is set. */
interface SessionStorage {
  getStore(): unknown;
  run<T>(store: unknown, work: () => T): T;
}

const NAME = 'transactionAsyncLocalStorage';

const ours: SessionStorage = {
  getStore: () => {
    const { attempt, joins } = currentCaller() ?? {};
    return attempt?.inTransaction && joins ? { session: attempt.given } : undefined;
  },
  // `connection.transaction()` calls it, also from the rest of the app, for which nothing changes.
  run: (_store, work) => work(),
};

const users = new WeakMap<Mongoose, number>();

/**
 * Runs `work` so that the models among the attempt's clients use its session. When the app has set `transactionAsyncLocalStorage`, all
 * models do.
 */
export async function withSessionStorage<T>(
  base: Mongoose,
  attempt: MongoAttempt,
  work: () => Promise<T>,
): Promise<T> {
  if (!attempt.inTransaction) return work();
  const theirs = Reflect.get(base, NAME) as SessionStorage | undefined;
  if (theirs && theirs !== ours) return theirs.run({ session: attempt.given }, work);
  Reflect.set(base, NAME, ours);
  users.set(base, (users.get(base) ?? 0) + 1);
  try {
    return await work();
  } finally {
    const left = (users.get(base) ?? 1) - 1;
    users.set(base, left);
    if (left === 0 && Reflect.get(base, NAME) === ours) Reflect.deleteProperty(base, NAME);
  }
}
