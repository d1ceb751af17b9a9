import { Cluster, TransactionAttemptContext } from 'couchbase';
import type { AttemptScope, Clients } from '../../../core/model/target-system.js';
import type { TransactionRunner } from '../connection/transaction-runner.js';
import type { MarkerLocation } from '../target/marker-documents.js';

/** What an attempt on a target system works with. */
export interface AttemptParts {
  readonly targetId: string;
  readonly scope: AttemptScope;
  readonly cluster: Cluster;
  readonly runner: TransactionRunner;
  /** Where the fence and the markers of the attempt's chain are. */
  readonly location: MarkerLocation;
  /** How long a transaction may take, in milliseconds; undefined: the cluster's own limit. */
  readonly timeout: number | undefined;
}

const originals = new WeakMap<object, object>();

/** Remembers the original of a guarded object. @returns `proxy` */
export function rememberOriginal<T extends object>(proxy: T, original: T): T {
  originals.set(proxy, original);
  return proxy;
}

/** The original of a guarded object; any other value as it is. The native part of the SDK takes originals only. */
export function originalOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (originals.get(value) ?? value) : value;
}

/** Calls a method of the transaction's context by its name. */
export type Invoke = (method: string, args: readonly unknown[]) => Promise<unknown>;

/** What a change can ask for. The context of the transaction is the main client. */
export function clientsOf(context: TransactionAttemptContext, cluster: Cluster): Clients {
  return [
    { token: TransactionAttemptContext, instance: context },
    { token: Cluster, instance: cluster },
  ];
}

/** Clients that parameters are matched with before anything runs. They do not work. */
export function clientsAtRest(): Clients {
  return clientsOf(
    Object.create(TransactionAttemptContext.prototype) as TransactionAttemptContext,
    Object.create(Cluster.prototype) as Cluster,
  );
}

/** A transaction context whose methods call `invoke`. */
export function contextClient(invoke: Invoke): TransactionAttemptContext {
  const blank = Object.create(TransactionAttemptContext.prototype) as TransactionAttemptContext;
  return new Proxy(blank, {
    get(target, name): unknown {
      if (typeof name !== 'string' || !isMethod(name)) return Reflect.get(target, name, target);
      return (...args: unknown[]) => invoke(name, args.map(originalOf));
    },
  });
}

/** Names with an underscore, such as those of commit and rollback, are not for changes. */
function isMethod(name: string): boolean {
  const { value } = Object.getOwnPropertyDescriptor(TransactionAttemptContext.prototype, name) ?? {};
  return typeof value === 'function' && name !== 'constructor' && !name.startsWith('_');
}
