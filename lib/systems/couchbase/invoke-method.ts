import type { TransactionAttempt } from './transaction-runner.js';

/** Calls a method of the context of a transaction by its name. */
export async function invokeMethod(
  attempt: TransactionAttempt,
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  const value: unknown = Reflect.get(attempt, method);
  if (typeof value === 'function') return Reflect.apply(value, attempt, args) as unknown;
  throw new TypeError(`The context of a Couchbase transaction has no method '${method}'`);
}
