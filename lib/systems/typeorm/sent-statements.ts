import { types } from 'node:util';
import { appFrame, type CallSite } from './app-frame.js';
import { enclosingCall } from './enclosing-call.js';

/** What was sent and from where; drivers' errors do not tell it. */
export interface SentStatement {
  readonly statement: string;
  /** The frame in the app's own code, if there is one. */
  readonly at?: string;
}

const sent = new WeakMap<object, SentStatement>();

/** Keeps with an error the statement that it ended. The first one counts: it stands nearest to the driver. */
export function rememberSent(error: unknown, statement: string, site: CallSite): void {
  if (typeof error !== 'object' || error === null || sent.has(error)) return;
  const caller = enclosingCall();
  const at = appFrame(site) ?? (caller && appFrame(caller));
  sent.set(error, { statement, ...(at !== undefined && { at }) });
}

/** The same sending, but an error that it ends in, now or later, is remembered. */
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

/** What was sent when `error` came, if it is known. */
export function sentWith(error: object): SentStatement | undefined {
  return sent.get(error);
}
