import type { mongo } from 'mongoose';
import type { TargetTransaction } from '../../core/target-system.js';
import { commitUnanswered, tookTooLong } from './attempt-errors.js';
import type { MarkerNames } from './marker-documents.js';
import { isMongoError } from './mongo-errors.js';
import { MongooseTransaction } from './mongoose-transaction.js';
import { asOwn } from './own-context.js';
import { commit, retryTransient } from './own-transaction.js';
import { type AttemptParts, type OpenAttempt, quiesce, withAttempt } from './run-attempt.js';

/** As long as the driver itself goes on beginning a transaction again, in milliseconds. */
const RETRY_MS = 120_000;
/** A transaction that was given up after this time was not given up for a conflict, in milliseconds. */
const LIFETIME_MS = 55_000;

/**
 * Whatever the connection's defaults are. Of all read concerns MongoDB creates collections with this one only; since the commit is
 * seen by the majority, so is what the transaction has read.
 */
const TRANSACTION_OPTIONS: mongo.TransactionOptions = {
  readConcern: { level: 'local' },
  writeConcern: { w: 'majority' },
  readPreference: 'primary',
};

type Work<T> = (transaction: TargetTransaction) => Promise<T>;

/** What a transaction on a target system works with. */
export interface TransactionParts extends AttemptParts {
  readonly names: MarkerNames;
}

/**
 * Begins, `work`, commits. When the server gave the transaction up for a passing reason, a conflict or a new primary, it is begun
 * again, `work` and all, as the driver's rules say; what was done before is rolled back by then.
 */
export function runTransaction<T>(parts: TransactionParts, work: Work<T>): Promise<T> {
  const once = (): Promise<T> =>
    withAttempt(parts, true, async (open) => {
      const result = await rollingBack(open, () => upToCommit(parts, open, work));
      await asOwn(() => committed(parts, open));
      return result;
    });
  return retryTransient(RETRY_MS, once, () => isStillWanted(parts));
}

async function committed({ scope, known }: TransactionParts, { attempt }: OpenAttempt): Promise<void> {
  try {
    await commit(attempt.session, scope.ended);
  } catch (error) {
    const { MongoNetworkError, MongoServerSelectionError } = known.connection.base.mongo;
    const isLost = error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
    throw isLost ? commitUnanswered(attempt.place, error) : error;
  }
}

async function upToCommit<T>(parts: TransactionParts, open: OpenAttempt, work: Work<T>): Promise<T> {
  const { attempt } = open;
  attempt.session.startTransaction(TRANSACTION_OPTIONS);
  const transaction = new MongooseTransaction(open, parts.names);
  await transaction.open();
  const result = await attempt.run(() => work(transaction));
  await transaction.seal();
  return result;
}

async function rollingBack<T>(open: OpenAttempt, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } catch (error) {
    await quiesce(open);
    await asOwn(() => open.attempt.session.abortTransaction().catch(() => undefined));
    const elapsed = performance.now() - start;
    // Its label would have the change run again, for as long and as much in vain.
    if (elapsed > LIFETIME_MS && isMongoError(error, 'noSuchTransaction'))
      throw tookTooLong(open.attempt.place, elapsed, new Error(String(error)));
    throw open.attempt.outside ?? error;
  }
}

function isStillWanted({ scope }: TransactionParts): boolean {
  if (scope.signal.aborted) return false;
  try {
    scope.guard();
    return true;
  } catch {
    return false;
  }
}
