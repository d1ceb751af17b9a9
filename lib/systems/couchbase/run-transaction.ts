import { randomUUID } from 'node:crypto';
import { messageOf } from '../../core/error-text.js';
import { TargetSystemError } from '../../core/errors.js';
import type { TargetTransaction } from '../../core/target-system.js';
import type { AttemptParts } from './attempt-parts.js';
import { demandBookkeeping } from './bookkeeping.js';
import { CouchbaseTransaction } from './couchbase-transaction.js';
import { runOnce } from './run-once.js';
import type { TransactionAttempt } from './transaction-runner.js';

type Work<T> = (transaction: TargetTransaction) => Promise<T>;

/** A call of the work that came to its end, so that its commit may have happened. */
interface Finished<T> {
  readonly result: T;
  /** How often the fence had been raised by then. */
  readonly raised: number;
}

/**
 * Begins, `work`, commits.
 *
 * The SDK begins again after a commit that failed, also when it only got no answer. A second call therefore looks whether
 * the first one has been committed, and then does nothing; and it is refused when anybody has raised the fence since.
 */
export async function runTransaction<T>(parts: AttemptParts, work: Work<T>): Promise<T> {
  const commit = randomUUID();
  const { runner, timeout } = parts;
  let finished: Finished<T> | undefined;
  let thrown: unknown;
  const logic = async (attempt: TransactionAttempt): Promise<T> => {
    if (finished && (await isCommitted(parts, attempt, commit, finished))) return finished.result;
    finished = await once(parts, attempt, commit, work);
    return finished.result;
  };
  const noting = (attempt: TransactionAttempt): Promise<T> =>
    logic(attempt).catch((error: unknown) => {
      thrown = error;
      throw error;
    });
  try {
    return await runOnce(runner, noting, timeout === undefined ? undefined : { timeout });
  } catch (error) {
    throw error === thrown ? error : notCommitted(parts, error);
  }
}

async function once<T>(
  parts: AttemptParts,
  attempt: TransactionAttempt,
  commit: string,
  work: Work<T>,
): Promise<Finished<T>> {
  const transaction = new CouchbaseTransaction(parts, attempt);
  try {
    const result = await work(transaction);
    return { result, raised: await transaction.finish(commit) };
  } finally {
    await transaction.end();
  }
}

async function isCommitted(
  parts: AttemptParts,
  attempt: TransactionAttempt,
  commit: string,
  { raised }: Finished<unknown>,
): Promise<boolean> {
  const { content } = await demandBookkeeping(attempt, parts.place);
  if (content.commit === commit) return true;
  if (content.raised === raised) return false;
  throw new TargetSystemError(
    `The transaction of change '${parts.scope.changeId}' on target system '${parts.targetId}' is not begun again: the fence was raised meanwhile, so that somebody has decided about it.`,
  );
}

function notCommitted({ scope, targetId }: AttemptParts, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `Couchbase did not say that it has committed the transaction of change '${scope.changeId}' on target system '${targetId}': ${messageOf(cause)}`,
    { cause },
  );
}
