import type { mongo } from 'mongoose';
import { type OpenTransaction, sessionIdOf } from '../guard/own-transaction.js';

/** A session whose transaction blocks another one. */
export interface BlockingSession {
  /** For messages. */
  readonly description: string;
  /** The mongosh command that ends it. */
  readonly end: string;
}

/** A transaction that runs no command at the moment, as `$currentOp` lists it. */
interface IdleTransaction {
  readonly lsid: { readonly id: mongo.Binary };
  /** The address of its process. */
  readonly client?: string;
  readonly transaction: {
    readonly parameters: { readonly txnNumber: number };
    readonly timeOpenMicros: number;
  };
}

/** An entry of the answer to `lockInfo`, an undocumented command of the server. */
interface Locked {
  /** As in `{123: Collection, 456, shop.flamingock_fence}`. */
  readonly resourceId: string;
  /** `debugInfo` names the session of a transaction. */
  readonly granted: readonly { readonly mode: string; readonly debugInfo?: string }[];
}

/** Independent of the app's settings for its own data. */
const READ_OPTIONS = { promoteValues: true, promoteLongs: true, promoteBuffers: false, useBigInt64: false };

/**
 * Finds the idle open transaction that blocks writes to a collection: the noted one, else the oldest that has written to the
 * collection. Other transactions do not count: they may be another app's, which must not be ended.
 *
 * @param noted - the transaction in the chain's note
 * @returns undefined when there is none, or the user has no right to look
 */
export async function blockingSession(
  { databaseName, client }: mongo.Db,
  collection: string,
  noted?: OpenTransaction,
): Promise<BlockingSession | undefined> {
  const admin = client.db('admin');
  try {
    const open = await idleTransactions(admin);
    const found =
      open.find((each) => noted && isThe(noted, each)) ??
      (await writersAmong(open, admin, `${databaseName}.${collection}`))[0];
    return found && described(found);
  } catch {
    return undefined;
  }
}

/** All idle transactions of the server, the oldest first. */
function idleTransactions(admin: mongo.Db): Promise<IdleTransaction[]> {
  const idle = [
    { $currentOp: { allUsers: true, idleSessions: true } },
    { $match: { type: 'idleSession', 'transaction.parameters.txnNumber': { $exists: true } } },
    { $sort: { 'transaction.timeOpenMicros': -1 } },
  ];
  return admin.aggregate<IdleTransaction>(idle, READ_OPTIONS).toArray();
}

function isThe(noted: OpenTransaction, { lsid, transaction }: IdleTransaction): boolean {
  const isOfSession = sessionIdOf({ session: lsid.id }) === sessionIdOf(noted);
  return isOfSession && transaction.parameters.txnNumber === noted.number;
}

/** The transactions that hold a write lock on the collection. A router (mongos) does not know them, and fails. */
async function writersAmong(
  open: readonly IdleTransaction[],
  admin: mongo.Db,
  collection: string,
): Promise<IdleTransaction[]> {
  const { lockInfo } = (await admin.command({ lockInfo: 1 })) as { readonly lockInfo: readonly Locked[] };
  const writers = lockInfo
    .filter(({ resourceId }) => resourceId.endsWith(`, ${collection}}`))
    .flatMap(({ granted }) => granted.filter(({ mode }) => mode.endsWith('X')))
    .map(({ debugInfo = '' }) => debugInfo);
  return open.filter(({ lsid }) =>
    writers.some((writer) => writer.includes(sessionIdOf({ session: lsid.id }))),
  );
}

function described({ lsid, client = 'a client', transaction }: IdleTransaction): BlockingSession {
  const id = sessionIdOf({ session: lsid.id });
  const seconds = Math.round(transaction.timeOpenMicros / 1_000_000);
  return {
    description: `session ${id} of ${client}, whose transaction has been open for ${seconds} s`,
    end: endCommand(id),
  };
}

/** The mongosh command that ends a session. */
function endCommand(id: string): string {
  return `db.adminCommand({ killSessions: [{ id: UUID('${id}') }] })`;
}

/** Describes the session of a noted transaction that this user can neither see nor end. */
export function notedSession(former: OpenTransaction): BlockingSession {
  const id = sessionIdOf(former);
  return {
    description: `session ${id}, most likely: in it an earlier process, of another user, has last changed this target system`,
    end: endCommand(id),
  };
}
