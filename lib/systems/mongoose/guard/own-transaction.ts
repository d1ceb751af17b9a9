import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, mongo } from 'mongoose';
import { isTransient, isUnknownCommit } from '../connection/mongo-errors.js';
import { ownCall } from './client-hook.js';

/** Independent of the connection's defaults. */
const TRANSACTION_OPTIONS: mongo.TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority' },
  readPreference: 'primary',
};

/** How long a commit with an unknown result is repeated, in milliseconds. */
const COMMIT_MS = 20_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/**
 * Runs `work` in a transaction of this library's own. When the server gives it up with a transient error, the transaction is run again, for
 * up to `retryMs` milliseconds.
 *
 * @param work - may be called several times; what an earlier call did was rolled back
 */
export function inOwnTransaction<T>(
  connection: Connection,
  retryMs: number,
  work: (session: mongo.ClientSession) => Promise<T>,
): Promise<T> {
  return ownCall(connection, () => retryTransient(retryMs, () => transactOnce(connection.getClient(), work)));
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

/** Calls `attempt` again when it fails with a transient error of a transaction, for up to `retryMs` milliseconds while `mayRetry`. */
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
 * Commits. Sends the commit again while its result is unknown; MongoDB never commits twice.
 *
 * @param ended - stops the repeats: nobody waits for the answer any more
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

/** Identifies a transaction at the server, so that it can be found there after its process has died. */
export interface OpenTransaction {
  /** The id of its session. */
  readonly session: mongo.Binary;
  /** Its number: a session has many transactions, one after the other. */
  readonly number: number;
}

/** The transaction that is open in a session; undefined before the session has an id. */
export function openTransaction({ id, serverSession }: mongo.ClientSession): OpenTransaction | undefined {
  return id && { session: id.id, number: serverSession.txnNumber };
}

/** The id of its session as a UUID, as mongosh shows it. */
export function sessionIdOf({ session }: Pick<OpenTransaction, 'session'>): string {
  const hex = Buffer.from(session.value()).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Ends a transaction of an earlier holder of the lease, if it is still open. MongoDB does not notice that a process has died, and keeps
 * what the transaction has written locked until its time limit. A user may end sessions of the same user. Never throws.
 *
 * @returns true when it was open and was rolled back
 */
export async function endTransaction(
  client: mongo.MongoClient,
  { session, number }: OpenTransaction,
): Promise<boolean> {
  const open = [
    { $currentOp: { allUsers: false, idleSessions: true } },
    { $match: { 'lsid.id': session, 'transaction.parameters.txnNumber': number } },
    { $limit: 1 },
  ];
  const admin = client.db('admin');
  try {
    if ((await admin.aggregate(open).toArray()).length === 0) return false;
    await admin.command({ killSessions: [{ id: session }] });
    return true;
  } catch {
    return false;
  }
}
