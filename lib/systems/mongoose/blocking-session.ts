import type { mongo } from 'mongoose';

/** A transaction that is in the way of another. */
export interface BlockingSession {
  /** For people. */
  readonly description: string;
  /** What ends it, in mongosh. */
  readonly end: string;
}

/** The oldest open transaction that does nothing at the moment; undefined when the user may not look, or there is none. */
export async function blockingSession(client: mongo.MongoClient): Promise<BlockingSession | undefined> {
  const idle = [
    { $currentOp: { allUsers: true, idleSessions: true } },
    { $match: { type: 'idleSession', 'transaction.parameters.txnNumber': { $exists: true } } },
    { $sort: { 'transaction.timeOpenMicros': -1 } },
    { $limit: 1 },
  ];
  try {
    const [found] = await client.db('admin').aggregate(idle).toArray();
    if (!found) return undefined;
    const { lsid, client: address, transaction } = found;
    const id = String(lsid.id?.toString('hex') ?? lsid.id);
    const seconds = Math.round(Number(transaction.timeOpenMicros) / 1_000_000);
    return {
      description: `session ${id} of ${address ?? 'a client'}, whose transaction has been open for ${seconds} s`,
      end: endCommand(id),
    };
  } catch {
    return undefined;
  }
}

/** For mongosh. */
export function endCommand(id: string): string {
  return `db.adminCommand({ killSessions: [{ id: UUID('${id}') }] })`;
}
