import type { Cluster } from 'couchbase';
import { contextClient } from './attempt-clients.js';
import { invokeMethod } from './invoke-method.js';
import { guardedBy, originalOf } from './originals.js';
import type { TransactionAttempt } from './transaction-runner.js';

/** A call of a guarded client. */
export interface GuardedCall {
  /** For people, without values, which may be secret: `bucket('shop').defaultCollection().upsert`. */
  readonly text: string;
  readonly method: string;
  /** Its first argument: a key, a statement. */
  readonly first: unknown;
}

/** Lets a call happen, or throws. */
export type Passage = <T>(call: GuardedCall, send: () => Promise<T>) => Promise<T>;

/** What only leads to something that has methods; it reaches no server. */
const WAYS = new Set([
  'analyticsIndexes',
  'binary',
  'bucket',
  'buckets',
  'collection',
  'collections',
  'defaultCollection',
  'defaultScope',
  'eventingFunctions',
  'list',
  'map',
  'queryIndexes',
  'queue',
  'scope',
  'searchIndexes',
  'set',
  'transactions',
  'users',
  'viewIndexes',
]);

/** Properties that are such things. */
const PLACES = new Set(['bucket', 'cluster', 'scope']);

/**
 * The app's cluster, and whatever is reached from it: buckets, scopes, collections, managers. Every call passes, and
 * `close` does nothing: the app goes on with its cluster. Rows come by `await`, not by events.
 */
export function guardedCluster(cluster: Cluster, passage: Passage): Cluster {
  return guarded(cluster, '', passage);
}

function guarded<T extends object>(object: T, path: string, passage: Passage): T {
  const proxy = new Proxy(object, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof name === 'symbol' || name.startsWith('_') || name === 'toJSON') return value;
      if (isObject(value) && PLACES.has(name)) return guarded(value, `${path}${name}.`, passage);
      if (typeof value !== 'function') return value;
      if (name === 'close') return async () => undefined;
      return (...given: unknown[]): unknown => {
        const args = given.map((argument) => handedOver(argument, name, passage));
        const apply = (): unknown => Reflect.apply(value, target, args);
        if (WAYS.has(name)) return way(apply(), `${path}${name}(${given.map(named).join()}).`, passage);
        return passage({ text: `${path}${name}`, method: name, first: args[0] }, async () => apply());
      };
    },
  });
  return guardedBy(proxy, object);
}

/** What a transaction of the change's own does is guarded like the rest. */
function handedOver(argument: unknown, method: string, passage: Passage): unknown {
  if (method !== 'run' || typeof argument !== 'function') return originalOf(argument);
  return (attempt: TransactionAttempt): unknown => {
    const context = contextClient((name, args) =>
      passage({ text: `TransactionAttemptContext.${name}`, method: name, first: args[0] }, () =>
        invokeMethod(attempt, name, args),
      ),
    );
    return Reflect.apply(argument, undefined, [context]) as unknown;
  };
}

function way(value: unknown, path: string, passage: Passage): unknown {
  return isObject(value) ? guarded(value, path, passage) : value;
}

function named(argument: unknown): string {
  return typeof argument === 'string' ? `'${argument}'` : '…';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
