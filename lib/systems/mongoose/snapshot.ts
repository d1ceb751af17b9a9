import type { mongo } from 'mongoose';
import type { ChainHead } from '../../core/audit-entry.js';
import type { AuditSnapshot, AuditSummary } from '../../core/audit-store.js';
import { EMPTY_CHAIN, headOf } from '../../core/hash-chain.js';
import { NOTHING_YET } from '../../core/nothing-yet.js';
import { entryOf } from './audit-document.js';
import { LOCK_PARTS, lockId, type LockLine, recordOf } from './lock-documents.js';
import type { StoreCollections } from './store-collections.js';
import { newerCollections } from './store-errors.js';

/** The lock by the server's clock, then the last entry that there is, by index. */
export function summaryPipeline(collections: StoreCollections): mongo.Document[] {
  const { namespace } = collections;
  return recordAnd(collections, [
    { $match: { namespace } },
    { $sort: { namespace: -1, seq: -1 } },
    { $limit: 1 },
    { $project: { _id: 0, last: { seq: '$seq', hash: '$hash' } } },
  ]);
}

/**
 * The lock by the server's clock, then the latest entry of each change.
 *
 * However long the history is, its index gives the first entry of each change and skips the ones before (DISTINCT_SCAN).
 */
export function snapshotPipeline(collections: StoreCollections): mongo.Document[] {
  const { namespace } = collections;
  return recordAnd(collections, [
    { $match: { namespace } },
    { $sort: { namespace: 1, changeId: 1, seq: -1 } },
    { $group: { _id: '$changeId', entry: { $first: '$$ROOT' } } },
    { $project: { _id: 0, entry: 1 } },
  ]);
}

/** The record first: what it says of the end of the chain may be older than the entries, never newer. */
function recordAnd(
  { audit, namespace }: StoreCollections,
  entries: readonly mongo.Document[],
): mongo.Document[] {
  const ids = LOCK_PARTS.map((part) => lockId(namespace, part));
  return [
    { $match: { _id: { $in: ids } } },
    { $project: { _id: 0, lock: '$$ROOT', isLive: { $gte: ['$until', '$$NOW'] } } },
    { $unionWith: { coll: audit.collectionName, pipeline: [...entries] } },
  ];
}

/** A line of an aggregation: a part of the lock, the last entry, or the latest entry of a change. */
type Line = LockLine | { readonly last: ChainHead } | { readonly entry: mongo.Document };

/** @throws AuditStoreError when the collections are of a newer version */
export function readSummary(collections: StoreCollections): Promise<AuditSummary> {
  return atOneMoment(collections, async () => {
    const lines = await read(collections, summaryPipeline(collections));
    const [last = EMPTY_CHAIN] = lines.flatMap((line) => ('last' in line ? [line.last] : []));
    return summaryOf(collections, lines, last);
  });
}

/** @throws as `readSummary` */
export function readSnapshot(collections: StoreCollections): Promise<AuditSnapshot> {
  return atOneMoment(collections, async () => {
    const lines = await read(collections, snapshotPipeline(collections));
    const latest = lines.flatMap((line) => ('entry' in line ? [entryOf(line.entry)] : []));
    return { ...summaryOf(collections, lines, headOf(latest)), latest };
  });
}

function read({ lock }: StoreCollections, pipeline: mongo.Document[]): Promise<Line[]> {
  return lock.aggregate<Line>(pipeline).toArray();
}

function summaryOf(collections: StoreCollections, lines: readonly Line[], last: ChainHead): AuditSummary {
  const { version: found = collections.version, ...record } =
    recordOf(lines.flatMap((line) => ('lock' in line ? [line] : []))) ?? {};
  if (found > collections.version) throw newerCollections(collections, found);
  const { latest: _, ...nothing } = NOTHING_YET;
  return { ...nothing, ...record, ready: 'storeId' in record && found === collections.version, last };
}

/**
 * An aggregation does not see all of its collections at one moment. Where record and entries differ, an append may have come
 * between; unless the record, read again, is still the same. Then the entries are those that belong to it, or were changed by hand.
 */
async function atOneMoment<T extends AuditSummary>(
  { lock, namespace }: StoreCollections,
  look: () => Promise<T>,
): Promise<T> {
  for (;;) {
    const seen = await look();
    if (isSame(seen.head, seen.last)) return seen;
    const again = await lock.findOne({ _id: lockId(namespace, 'lease') });
    if (isSame(seen.head, again?.head ?? EMPTY_CHAIN)) return seen;
  }
}

function isSame(a: ChainHead, b: ChainHead): boolean {
  return a.seq === b.seq && a.hash === b.hash;
}
