import type { Cluster } from 'couchbase';
import type { TransactionAttempt } from '../connection/transaction-runner.js';
import { contextClient, rememberOriginal, originalOf } from './attempt-clients.js';

/** Calls a method of a transaction's context by its name. @throws TypeError when it has no such method */
export async function invokeMethod(
  attempt: TransactionAttempt,
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  const value: unknown = Reflect.get(attempt, method);
  if (typeof value === 'function') return Reflect.apply(value, attempt, args) as unknown;
  throw new TypeError(`The context of a Couchbase transaction has no method '${method}'`);
}

/** A call of a guarded client. */
export interface GuardedCall {
  /** For messages: `bucket('shop').defaultCollection().upsert`. Without values, which may be secret. */
  readonly text: string;
  readonly method: string;
  /** Its first argument: a key, a statement. */
  readonly first: unknown;
}

/** Sends a call, or throws. */
export type Passage = <T>(call: GuardedCall, send: () => Promise<T>) => Promise<T>;

/** Methods that reach no server: they return an object whose methods do. */
const NAVIGATION = new Set([
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

/** Properties that are such objects. */
const PARENTS = new Set(['bucket', 'cluster', 'scope']);

/**
 * The app's cluster, and everything that it leads to: buckets, scopes, collections, managers. Every call that reaches a server goes
 * through `passage`. `close` does nothing, because the app goes on using its cluster. Rows come by `await`, not by events.
 */
export function guardedCluster(cluster: Cluster, passage: Passage): Cluster {
  return guarded(cluster, '', passage);
}

function guarded<T extends object>(object: T, path: string, passage: Passage): T {
  const proxy = new Proxy(object, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof name === 'symbol' || name.startsWith('_') || name === 'toJSON') return value;
      if (isObject(value) && PARENTS.has(name)) return guarded(value, `${path}${name}.`, passage);
      if (typeof value !== 'function') return value;
      if (name === 'close') return async () => undefined;
      return (...given: unknown[]): unknown => {
        const args = given.map((argument) => argumentOf(argument, name, passage));
        const apply = (): unknown => Reflect.apply(value, target, args);
        if (NAVIGATION.has(name))
          return guardedValue(apply(), `${path}${name}(${given.map(textOf).join()}).`, passage);
        return passage({ text: `${path}${name}`, method: name, first: args[0] }, async () => apply());
      };
    },
  });
  return rememberOriginal(proxy, object);
}

/** The argument for the SDK. The logic of a transaction that the change itself begins gets a guarded context. */
function argumentOf(argument: unknown, method: string, passage: Passage): unknown {
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

function guardedValue(value: unknown, path: string, passage: Passage): unknown {
  return isObject(value) ? guarded(value, path, passage) : value;
}

function textOf(argument: unknown): string {
  return typeof argument === 'string' ? `'${argument}'` : '…';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
