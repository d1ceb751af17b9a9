import type { Cluster } from 'couchbase';

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

const originals = new WeakMap<object, unknown>();

/** What is behind a guarded object; anything else as it is. The SDK's native half takes no others. */
export function originalOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (originals.get(value) ?? value) : value;
}

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
      const apply = (args: readonly unknown[]): unknown => Reflect.apply(value, target, args.map(originalOf));
      return (...args: unknown[]): unknown =>
        WAYS.has(name)
          ? way(apply(args), `${path}${name}(${args.map(named).join()}).`, passage)
          : passage({ text: `${path}${name}`, method: name, first: args[0] }, async () => apply(args));
    },
  });
  originals.set(proxy, object);
  return proxy;
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
