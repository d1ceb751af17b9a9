import type { mongo } from 'mongoose';
import { type Append, notTheEnd, refusedByServer, staleFence } from '../../core/append-refusals.js';
import type { Fence } from '../../core/audit-store.js';
import { auditDocument } from './audit-document.js';
import { fromNow, literal, lockId, ofFence, writing } from './lock-documents.js';
import { isMongoError, isUnsent } from './mongo-errors.js';
import { openTransaction } from './open-transaction.js';
import { asOwn } from './own-context.js';
import { inOwnTransaction } from './own-transaction.js';
import type { StoreCollections } from './store-collections.js';

/** Appends in a transaction of its own, for as long as the lease lasts. */
export function appendAlone(collections: StoreCollections, append: Append): Promise<void> {
  return inOwnTransaction(collections.connection, append.fence.leaseMs, (session) =>
    appendEntries(collections, append, session),
  );
}

/** Appends within a transaction of a target system. */
export function appendWithin(
  collections: StoreCollections,
  append: Append,
  session: mongo.ClientSession,
): Promise<void> {
  return asOwn(async () => {
    const noted = noteOpen(collections, append.fence, session);
    try {
      await appendEntries(collections, append, session);
      await noted;
    } catch (error) {
      // Somebody wrote the lease after the transaction had begun: in it, the new holder cannot be seen.
      const conflict = isMongoError(error, 'writeConflict');
      throw conflict && !(await isCurrent(collections, append.fence)) ? staleFence(append.fence) : error;
    }
  });
}

/**
 * Renews the lease and appends the entries, if the fence is the current one and they continue the chain.
 *
 * @throws StaleFenceError, AppendRefusedError, or what the driver says
 */
async function appendEntries(
  { lock, audit, namespace }: StoreCollections,
  { entries, fence }: Append,
  session: mongo.ClientSession,
): Promise<void> {
  const longer = writing({ until: fromNow(fence.leaseMs) });
  const { matchedCount } = await lock.updateOne(ofFence(namespace, 'lease', fence), longer, { session });
  if (matchedCount === 0) throw staleFence(fence);
  // With the lease written, no other append can commit before this one.
  const head = await audit.findOne({ namespace }, { session, sort: { namespace: -1, seq: -1 } });
  if (Number(head?.seq ?? 0) !== (entries[0]?.seq ?? 0) - 1) throw notTheEnd(entries, 'audit collection');
  const documents = entries.map((entry) => auditDocument(namespace, entry));
  await audit.insertMany(documents, { session }).catch((error: unknown) => {
    // Before the commit: what the driver does not even send is a no, and would be one again.
    throw isUnsent(error)
      ? refusedByServer("MongoDB's driver refused audit entry", entries, error, TOO_LARGE)
      : error;
  });
}

const TOO_LARGE = [
  'shorten what the change puts into its entry (the text of its error, description, metadata): MongoDB takes 16 MB',
];

/** Whoever finds the lease locked when it is over ends this transaction. Where it cannot be noted, the server's limit does. */
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

async function isCurrent({ lock, namespace }: StoreCollections, { token }: Fence): Promise<boolean> {
  const lease = await lock.findOne({ _id: lockId(namespace, 'lease') });
  return lease?.token === token;
}
