import type { TransactionAttemptContext, TransactionOptions } from 'couchbase';

/** The part of the SDK's transaction context that this library uses. */
export type TransactionAttempt = Pick<TransactionAttemptContext, 'get' | 'insert' | 'replace' | 'remove'>;

/** The part of `cluster.transactions()` that this library uses. */
export interface TransactionRunner {
  /**
   * Begins a transaction, runs `logic`, commits. It may call `logic` several times: also when the answer to a commit was lost, although
   * that commit may have happened. When `logic` throws, it rolls back and throws an error of the SDK with that cause.
   */
  run(logic: (attempt: TransactionAttempt) => Promise<void>, config?: TransactionOptions): Promise<unknown>;
}

/** How the last call of the logic of a transaction ended. */
type Outcome<T> = { readonly result: T } | { readonly thrown: unknown };

/**
 * Runs `work` in a transaction; the SDK may call it several times.
 *
 * @returns what the last call returned
 * @throws the very error that the last call threw, which the SDK wraps in its own, or an error of the SDK
 */
export async function runOnce<T>(
  runner: TransactionRunner,
  work: (attempt: TransactionAttempt) => Promise<T>,
  config?: TransactionOptions,
): Promise<T> {
  const outcomes: Outcome<T>[] = [];
  try {
    await runner.run(async (attempt) => {
      outcomes.length = 0;
      try {
        outcomes.push({ result: await work(attempt) });
      } catch (thrown) {
        outcomes.push({ thrown });
        throw thrown;
      }
    }, config);
  } catch (error) {
    const [last] = outcomes;
    throw last && 'thrown' in last ? last.thrown : error;
  }
  const [last] = outcomes;
  if (last && 'result' in last) return last.result;
  throw new Error('The SDK has ended a transaction without calling what was to be done in it.');
}
