import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, mongo } from 'mongoose';
import { withHook } from './client-hook.js';
import { isTransient, isUnknownCommit } from './mongo-errors.js';
import { asOwn } from './own-context.js';

/** For our own, whatever the connection's defaults are. */
const TRANSACTION_OPTIONS: mongo.TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority' },
  readPreference: 'primary',
};

/** How long a commit whose result is unknown is sent again and again, in milliseconds. */
const COMMIT_MS = 20_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/**
 * A transaction of our own: begun again when the server gave it up, as the driver's rules say, for up to `retryMs`.
 *
 * @param work - may be called several times; what it did before was rolled back
 */
export function inOwnTransaction<T>(
  connection: Connection,
  retryMs: number,
  work: (session: mongo.ClientSession) => Promise<T>,
): Promise<T> {
  return asOwn(() =>
    withHook(connection, () => retryTransient(retryMs, () => transactOnce(connection.getClient(), work))),
  );
}

async function transactOnce<T>(
  client: mongo.MongoClient,
  work: (session: mongo.ClientSession) => Promise<T>,
): Promise<T> {
  const session = client.startSession({ causalConsistency: false });
  try {
    session.startTransaction(TRANSACTION_OPTIONS);
    const result = await work(session);
    await commit(session);
    return result;
  } finally {
    await session.endSession();
  }
}

/** Calls `attempt` again while it ends with a transient error of a transaction, for up to `retryMs`. */
export async function retryTransient<T>(
  retryMs: number,
  attempt: () => Promise<T>,
  mayRetry: () => boolean = () => true,
): Promise<T> {
  const start = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error) || performance.now() - start > retryMs || !mayRetry()) throw error;
      await sleep(pauseMs * (0.5 + Math.random()));
    }
  }
}

/**
 * Commits; sends the commit again while its result is unknown, which never commits twice.
 *
 * @param ended - fires when nobody waits for the answer any more
 */
export async function commit(session: mongo.ClientSession, ended?: AbortSignal): Promise<void> {
  const start = performance.now();
  for (;;) {
    try {
      return await session.commitTransaction();
    } catch (error) {
      const isOver = ended?.aborted === true || performance.now() - start > COMMIT_MS;
      if (isOver || !isUnknownCommit(error)) throw error;
      await sleep(LONGEST_PAUSE_MS);
    }
  }
}
