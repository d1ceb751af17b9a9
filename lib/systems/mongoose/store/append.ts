import type { mongo } from 'mongoose';
import { type Append, notTheEnd, refusedByServer, staleFence } from '../../../core/kit/base-audit-store.js';
import type { Fence } from '../../../core/model/audit-store.js';
import { isMongoError, isUnsent } from '../connection/mongo-errors.js';
import { inOwnTransaction, openTransaction } from '../guard/own-transaction.js';
import { auditDocument } from './audit-document.js';
import { fromNow, literal, ofFence, writing } from './lock-documents.js';
import type { StoreCollections } from './store-collections.js';

/** Appends in a transaction of its own, which may take as long as the lease lasts. */
export function appendAlone(collections: StoreCollections, append: Append): Promise<void> {
  return inOwnTransaction(collections.connection, append.fence.leaseMs, (session) =>
    appendEntries(collections, append, session),
  );
}

/** Appends within a transaction of a target system. */
export async function appendWithin(
  collections: StoreCollections,
  append: Append,
  session: mongo.ClientSession,
): Promise<void> {
  const noted = noteOpen(collections, append.fence, session);
  try {
    await appendEntries(collections, append, session);
    await noted;
  } catch (error) {
    // Somebody wrote the lease after the transaction began. The transaction itself cannot see the new holder.
    const conflict = isMongoError(error, 'writeConflict');
    throw conflict && !(await isCurrent(collections, append.fence)) ? staleFence(append.fence) : error;
  }
}

/**
 * Renews the lease, moves the head and appends the entries, if the fence is the current one and they continue the chain.
 *
 * @throws StaleFenceError, AppendRefusedError, or what the driver says
 */
async function appendEntries(
  { lock, audit, namespace }: StoreCollections,
  { entries, fence }: Append,
  session: mongo.ClientSession,
): Promise<void> {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return;
  const lease = ofFence(namespace, 'lease', fence);
  const head = literal({ seq: last.seq, hash: last.hash });
  const moved = writing({ until: fromNow(fence.leaseMs), head });
  // From this write on, no other append can commit before this one.
  const atHead = { ...lease, 'head.seq': first.seq - 1 };
  const { matchedCount } = await lock.updateOne(atHead, moved, { session });
  if (matchedCount === 0)
    throw (await lock.findOne(lease, { session }))
      ? notTheEnd(entries, 'audit collection')
      : staleFence(fence);
  const documents = entries.map((entry) => auditDocument(namespace, entry));
  await audit.insertMany(documents, { session }).catch((error: unknown) => {
    // The driver did not even send it, and would not the next time: nothing was committed, so this is a refusal.
    throw isUnsent(error)
      ? refusedByServer("MongoDB's driver refused audit entry", entries, error, TOO_LARGE)
      : error;
  });
}

const TOO_LARGE = [
  'shorten what the change puts into its entry (the text of its error, description, metadata): MongoDB takes 16 MB',
];

/**
 * Records which transaction is open. A process that finds the lease locked after its end ends that transaction. Where it
 * cannot be recorded, the server ends it by its own time limit.
 */
async function noteOpen(
  { lock, namespace }: StoreCollections,
  fence: Fence,
  session: mongo.ClientSession,
): Promise<void> {
  const open = openTransaction(session);
  if (!open) return;
  const note = writing({ open: literal(open) });
  const options = { writeConcern: { w: 1 } };
  await lock.updateOne(ofFence(namespace, 'renewal', fence), note, options).catch(() => undefined);
}

async function isCurrent({ lock, namespace }: StoreCollections, fence: Fence): Promise<boolean> {
  return (await lock.findOne(ofFence(namespace, 'lease', fence))) !== null;
}
