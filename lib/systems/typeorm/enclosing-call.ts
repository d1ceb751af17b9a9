import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import { callSite, type CallSite } from './app-frame.js';

type Method = (...args: unknown[]) => unknown;

/** Methods that return the promise of a query builder without awaiting it: V8 loses their caller by the time a statement is sent. */
const FORGETFUL = [
  'insert',
  'update',
  'updateAll',
  'upsert',
  'delete',
  'deleteAll',
  'softDelete',
  'restore',
  'increment',
  'decrement',
  'clear',
  'preload',
  'exists',
  'existsBy',
  'count',
  'countBy',
  'find',
  'findBy',
  'findAndCount',
  'findAndCountBy',
  'findOne',
  'findOneBy',
  'findOneOrFail',
  'findOneByOrFail',
] as const;

const calls = new AsyncLocalStorage<CallSite>();

/** Lets the manager of an attempt keep in mind who has called it. Repositories call it, too. */
export function keepCallers(manager: EntityManager): void {
  for (const name of FORGETFUL) {
    const method: unknown = Reflect.get(manager, name);
    if (typeof method !== 'function') continue;
    const kept: Method = (...args) =>
      withinCall(callSite(kept), (): unknown => Reflect.apply(method, manager, args));
    Reflect.set(manager, name, kept);
  }
}

/** Runs `work` so that what it calls knows where it was called. */
export function withinCall<T>(site: CallSite, work: () => T): T {
  return calls.run(site, work);
}

/** Where the call came from within which we are, if that was kept. */
export function enclosingCall(): CallSite | undefined {
  return calls.getStore();
}
