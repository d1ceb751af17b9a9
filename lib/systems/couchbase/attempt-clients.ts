import { Cluster, TransactionAttemptContext } from 'couchbase';
import type { Clients } from '../../core/target-system.js';
import { originalOf } from './originals.js';

/** Does what a method of the transaction's context does. */
export type Invoke = (method: string, args: readonly unknown[]) => Promise<unknown>;

/** What a change can ask for; the context of the transaction is the main client. */
export function clientsOf(context: TransactionAttemptContext, cluster: Cluster): Clients {
  return [
    { token: TransactionAttemptContext, instance: context },
    { token: Cluster, instance: cluster },
  ];
}

/** What there is to ask for, before anything runs; never to work with. */
export function clientsAtRest(): Clients {
  return clientsOf(
    Object.create(TransactionAttemptContext.prototype) as TransactionAttemptContext,
    Object.create(Cluster.prototype) as Cluster,
  );
}

/** The SDK's context of a transaction, each method of which is done by `invoke`. */
export function contextClient(invoke: Invoke): TransactionAttemptContext {
  const blank = Object.create(TransactionAttemptContext.prototype) as TransactionAttemptContext;
  return new Proxy(blank, {
    get(target, name): unknown {
      if (typeof name !== 'string' || !isMethod(name)) return Reflect.get(target, name, target);
      return (...args: unknown[]) => invoke(name, args.map(originalOf));
    },
  });
}

/** Commit and rollback begin with an underscore: they are ours, and the SDK's. */
function isMethod(name: string): boolean {
  const { value } = Object.getOwnPropertyDescriptor(TransactionAttemptContext.prototype, name) ?? {};
  return typeof value === 'function' && name !== 'constructor' && !name.startsWith('_');
}
