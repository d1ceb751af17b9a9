import type { TransactionOptions } from 'couchbase';
import type { TransactionAttempt, TransactionRunner } from './transaction-runner.js';

/** How the last call of the logic of a transaction ended. */
type Outcome<T> = { readonly result: T } | { readonly thrown: unknown };

/**
 * Runs `work` in a transaction and gives back what it returned, or rethrows the very error that it threw, which the SDK
 * hides in one of its own. It may be called several times.
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
