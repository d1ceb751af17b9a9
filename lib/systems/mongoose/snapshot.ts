import type { mongo } from 'mongoose';
import type { AuditSnapshot } from '../../core/audit-store.js';
import { headOf } from '../../core/hash-chain.js';
import { entryOf } from './audit-document.js';
import { formerHolderOf, holderOf, LOCK_PARTS, lockId, type LockLine } from './lock-documents.js';
import { asOwn } from './own-context.js';
import type { StoreCollections } from './store-collections.js';

/**
 * One aggregation for the latest entry of each change and for who holds the lease by the server's clock.
 *
 * However long the history is, its index gives the first entry of each change and skips the ones before (DISTINCT_SCAN).
 */
export function snapshotPipeline({ lock, namespace }: StoreCollections): mongo.Document[] {
  const ids = LOCK_PARTS.map((part) => lockId(namespace, part));
  return [
    { $match: { namespace } },
    { $sort: { namespace: 1, changeId: 1, seq: -1 } },
    { $group: { _id: '$changeId', entry: { $first: '$$ROOT' } } },
    { $project: { _id: 0, entry: 1 } },
    {
      $unionWith: {
        coll: lock.collectionName,
        pipeline: [
          { $match: { _id: { $in: ids } } },
          { $project: { _id: 0, lock: '$$ROOT', isLive: { $gte: ['$until', '$$NOW'] } } },
        ],
      },
    },
  ];
}

/** A line of the aggregation: the latest entry of a change, or a part of the lock. */
type SnapshotLine = { readonly entry: mongo.Document } | LockLine;

export async function readSnapshot(collections: StoreCollections): Promise<AuditSnapshot> {
  const pipeline = snapshotPipeline(collections);
  const lines = await asOwn(() => collections.audit.aggregate<SnapshotLine>(pipeline).toArray());
  const latest = lines.flatMap((line) => ('entry' in line ? [entryOf(line.entry)] : []));
  const locks = lines.flatMap((line) => ('lock' in line ? [line] : []));
  const former = formerHolderOf(locks);
  return {
    ready: locks.length === LOCK_PARTS.length,
    latest,
    head: headOf(latest),
    holder: holderOf(locks),
    ...(former && { former }),
  };
}
