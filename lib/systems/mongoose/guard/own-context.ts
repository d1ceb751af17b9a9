import { AsyncLocalStorage } from 'node:async_hooks';
import type { MongoAttempt } from './mongo-attempt.js';

/** Who calls MongoDB, by the asynchronous context of the call. */
export interface Caller {
  /** Undefined for this library's own calls, which pass no attempt. */
  readonly attempt: MongoAttempt | undefined;
  /** True for a call of a client that the attempt was given: without a session of its own, it joins the attempt's transaction. */
  readonly joins: boolean;
}

const OWN: Caller = { attempt: undefined, joins: false };

const callers = new AsyncLocalStorage<Caller>();

/** Who called the code that is running; undefined for the rest of the app. */
export function currentCaller(): Caller | undefined {
  return callers.getStore();
}

/** Runs `work` as the caller that `caller` names. */
export function callingAs<T>(caller: Caller, work: () => T): T {
  return callers.run(caller, work);
}

/** Runs `work` as this library's own call, also within a change. */
export function asOwn<T>(work: () => Promise<T>): Promise<T> {
  return callers.run(OWN, work);
}

/** True for this library's own call. */
export function isOwn(): boolean {
  return callers.getStore() === OWN;
}
