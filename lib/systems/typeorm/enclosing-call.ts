import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import { callSite, type CallSite } from './app-frame.js';

type Method = (...args: unknown[]) => unknown;

/** Methods that return a query builder's promise without awaiting it: when the statement is sent, their caller is no longer on the stack. */
const UNAWAITED = [
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

/** Makes these methods of an attempt's manager remember their call site. Repositories call them, too. */
export function keepCallers(manager: EntityManager): void {
  for (const name of UNAWAITED) {
    const method: unknown = Reflect.get(manager, name);
    if (typeof method !== 'function') continue;
    const kept: Method = (...args) =>
      withinCall(callSite(kept), (): unknown => Reflect.apply(method, manager, args));
    Reflect.set(manager, name, kept);
  }
}

/** Runs `work` so that `enclosingCall` returns `site` in it. */
export function withinCall<T>(site: CallSite, work: () => T): T {
  return calls.run(site, work);
}

/** The call site that `withinCall` has set for the running code; undefined when there is none. */
export function enclosingCall(): CallSite | undefined {
  return calls.getStore();
}
