import type { Mongoose } from 'mongoose';
import { currentCaller } from './own-context.js';
import type { MongoAttempt } from './mongo-attempt.js';

/** Where Mongoose looks for the session of an operation that has none; there when `transactionAsyncLocalStorage` is set. */
interface SessionStorage {
  getStore(): unknown;
  run<T>(store: unknown, work: () => T): T;
}

const NAME = 'transactionAsyncLocalStorage';

const ours: SessionStorage = {
  getStore: () => {
    const { attempt, joins } = currentCaller.getStore() ?? {};
    return attempt?.inTransaction && joins ? { session: attempt.given } : undefined;
  },
  // Nothing changes for `connection.transaction()` of the rest of the app.
  run: (_store, work) => work(),
};

const users = new WeakMap<Mongoose, number>();

/**
 * Runs `work` so that models that the attempt was given use its session; where the app has set `transactionAsyncLocalStorage`,
 * all models do.
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
