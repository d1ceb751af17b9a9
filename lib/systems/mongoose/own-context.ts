import { AsyncLocalStorage } from 'node:async_hooks';
import type { MongoAttempt } from './mongo-attempt.js';

/** What the asynchronous context of a call to MongoDB tells: whose call it is. */
export interface Caller {
  /** Undefined for our own bookkeeping, which no attempt may hold up. */
  readonly attempt: MongoAttempt | undefined;
  /** True for a call through a client that the attempt was given: without a session of its own it joins the attempt's transaction. */
  readonly joins: boolean;
}

const OWN: Caller = { attempt: undefined, joins: false };

/** The caller of the code that is running, if it is known. */
export const currentCaller = new AsyncLocalStorage<Caller>();

/** Runs `work` as a call of this library's own, also from within a change. */
export function asOwn<T>(work: () => Promise<T>): Promise<T> {
  return currentCaller.run(OWN, work);
}

/** True for bookkeeping of our own. */
export function isOwn(): boolean {
  return currentCaller.getStore() === OWN;
}
