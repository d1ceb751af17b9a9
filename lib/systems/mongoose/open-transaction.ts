import type { mongo } from 'mongoose';

/** A transaction at the server, by what finds it there again after its process has died. */
export interface OpenTransaction {
  /** The id of its session. A session has many transactions, one after the other. */
  readonly session: mongo.Binary;
  readonly number: number;
}

/** The transaction that is open in a session. */
export function openTransaction({ id, serverSession }: mongo.ClientSession): OpenTransaction | undefined {
  return id && { session: id.id, number: serverSession.txnNumber };
}

/** Its session, as people and mongosh know it. */
export function sessionIdOf({ session }: OpenTransaction): string {
  const hex = Buffer.from(session.value()).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Ends a transaction of a former holder, if it is still open: MongoDB does not notice that a process is gone, and keeps what
 * it has written locked until the time of the transaction is over. A user may end the sessions of that user.
 *
 * @returns true when it was open and has been rolled back
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
