import type { mongo } from 'mongoose';
import type { AuditSnapshot } from '../../core/audit-store.js';
import { EMPTY_CHAIN } from '../../core/hash-chain.js';
import { entryOf } from './audit-document.js';
import { holderOf, LOCK_PARTS, lockId, type LockLine } from './lock-documents.js';
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

export async function readSnapshot(collections: StoreCollections): Promise<AuditSnapshot> {
  const lines = await asOwn(() => collections.audit.aggregate(snapshotPipeline(collections)).toArray());
  const latest = lines.filter(({ entry }) => entry).map(({ entry }) => entryOf(entry));
  const locks = lines.filter(({ lock }) => lock) as unknown as readonly LockLine[];
  // The last entry of the chain is the latest one of its own change.
  const last = latest.reduce<(typeof latest)[number] | undefined>(
    (a, b) => (a && a.seq > b.seq ? a : b),
    undefined,
  );
  return {
    ready: locks.length === LOCK_PARTS.length,
    latest,
    head: last ? { seq: last.seq, hash: last.hash } : EMPTY_CHAIN,
    holder: holderOf(locks),
  };
}
