import { AsyncLocalStorage } from 'node:async_hooks';

/** What the asynchronous context of a call to MongoDB tells: whose call it is. */
export interface Caller {
  /** Ours: bookkeeping, which no attempt may hold up. */
  readonly isOwn: boolean;
}

const OWN: Caller = { isOwn: true };

/** The caller of the code that is running, if it is known. */
export const currentCaller = new AsyncLocalStorage<Caller>();

/** Runs `work` as a call of this library's own, also from within a change. */
export function asOwn<T>(work: () => Promise<T>): Promise<T> {
  return currentCaller.run(OWN, work);
}
