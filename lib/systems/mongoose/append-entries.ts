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
  // With the lease written, no other append can commit before this one.
  const atHead = { ...lease, 'head.seq': first.seq - 1 };
  const { matchedCount } = await lock.updateOne(atHead, moved, { session });
  if (matchedCount === 0)
    throw (await lock.findOne(lease, { session }))
      ? notTheEnd(entries, 'audit collection')
      : staleFence(fence);
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
