import type { TransactionAttemptContext, TransactionOptions } from 'couchbase';

/** All that is used of the SDK's transactions within one attempt of a transaction. */
export type TransactionAttempt = Pick<TransactionAttemptContext, 'get' | 'insert' | 'replace' | 'remove'>;

/** All that is used of the SDK's transactions: what `cluster.transactions()` returns. */
export interface TransactionRunner {
  /**
   * Begins, `logic`, commits. It may call `logic` again: also when the answer to a commit was lost, which may have
   * happened. What `logic` throws is rolled back and comes out as the cause of an error of the SDK.
   */
  run(logic: (attempt: TransactionAttempt) => Promise<void>, config?: TransactionOptions): Promise<unknown>;
}
