import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

/** One write of a transaction, in native values: what `TransactWriteCommand` takes in `TransactItems`. */
export type TransactionWrite = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** DynamoDB's limit of writes in one transaction. */
export const MOST_WRITES = 100;

/** Where a writer puts its writes. */
export interface WriteSink {
  readonly pending: readonly TransactionWrite[];
  take(write: TransactionWrite): Promise<void>;
}

/**
 * Collects the writes of a change and sends them all in one `TransactWriteItems`, together with the record of the change.
 *
 * In a transactional change, nothing is written before the change has returned: reads do not see the writes, and a condition that
 * does not hold fails the change at its end. DynamoDB takes 100 writes in one transaction: the change may use 99 of them, or 95 when
 * the audit store has the same client.
 * In a change with `transactional: false`, each write is sent at once.
 */
export class TransactionWriter {
  readonly #sink: WriteSink;

  /** @internal */
  constructor(sink: WriteSink) {
    this.#sink = sink;
  }

  /** What was collected so far. For `@Verify`, which runs before the writes are sent. */
  get pending(): readonly TransactionWrite[] {
    return this.#sink.pending;
  }

  /** Writes a whole item. */
  put(put: NonNullable<TransactionWrite['Put']>): Promise<void> {
    return this.#sink.take({ Put: put });
  }

  /** Changes attributes of an item. */
  update(update: NonNullable<TransactionWrite['Update']>): Promise<void> {
    return this.#sink.take({ Update: update });
  }

  /** Removes an item. */
  delete(deletion: NonNullable<TransactionWrite['Delete']>): Promise<void> {
    return this.#sink.take({ Delete: deletion });
  }

  /** Requires a condition of an item that is not written. */
  check(check: NonNullable<TransactionWrite['ConditionCheck']>): Promise<void> {
    return this.#sink.take({ ConditionCheck: check });
  }
}
