import { types } from 'node:util';
import { appFrame, type CallSite } from './app-frame.js';
import { enclosingCall } from './enclosing-call.js';

/** A statement that was sent, and where the app sent it: drivers' errors do not contain either. */
export interface SentStatement {
  readonly statement: string;
  /** The frame in the app's own code, if there is one. */
  readonly at?: string;
}

const sent = new WeakMap<object, SentStatement>();

/** Remembers which statement ended with `error`. The first call counts: it is the nearest to the driver. */
export function rememberSent(error: unknown, statement: string, site: CallSite): void {
  if (typeof error !== 'object' || error === null || sent.has(error)) return;
  const caller = enclosingCall();
  const at = appFrame(site) ?? (caller && appFrame(caller));
  sent.set(error, { statement, ...(at !== undefined && { at }) });
}

/** Wraps `send`: remembers the statement when `send` throws or rejects. */
export function followSent(statement: string, site: CallSite, send: () => unknown): () => unknown {
  const remember = (error: unknown): never => {
    rememberSent(error, statement, site);
    throw error;
  };
  return () => {
    try {
      const answer = send();
      return types.isPromise(answer) ? answer.catch(remember) : answer;
    } catch (error) {
      return remember(error);
    }
  };
}

/** The statement that ended with `error`, if it is known. */
export function sentWith(error: object): SentStatement | undefined {
  return sent.get(error);
}
