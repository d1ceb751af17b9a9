import type { mongo } from 'mongoose';
import { NOTHING_YET } from '../../../core/kit/base-audit-store.js';
import { EMPTY_CHAIN, headOf } from '../../../core/kit/hash-chain.js';
import type { HistoryPage } from '../../../core/kit/history-pages.js';
import type { AuditEntry, ChainHead } from '../../../core/model/audit-entry.js';
import type { AuditSnapshot, AuditSummary, HistoryQuery } from '../../../core/model/audit-store.js';
import { type AuditDocument, entryOf, storedText } from './audit-document.js';
import { LOCK_PARTS, lockId, type LockLine, recordOf } from './lock-documents.js';
import type { StoreCollections } from './store-collections.js';
import { newerCollections } from './store-errors.js';

/** One page of a query. */
export async function readPage(
  { audit, namespace }: StoreCollections,
  { query, size, behind }: HistoryPage,
): Promise<AuditEntry[]> {
  const newestFirst = query.direction === 'newest-first';
  const seq = {
    ...(query.fromSeq !== undefined && { $gte: query.fromSeq }),
    ...(behind !== undefined && { [newestFirst ? '$lt' : '$gt']: behind }),
  };
  const filter: mongo.Filter<AuditDocument> = {
    namespace,
    ...conditions(query),
    ...(Object.keys(seq).length > 0 && { seq }),
  };
  const direction = newestFirst ? -1 : 1;
  const inOrder = audit.find(filter).sort({ namespace: direction, seq: direction });
  const documents = await inOrder.limit(size).toArray();
  return documents.map(entryOf);
}

/** Times are compared as text: ISO 8601 in UTC with milliseconds sorts by time. */
function conditions({ changeId, state, targetSystem, since, until }: HistoryQuery): mongo.Document {
  const at = {
    ...(since && { $gte: since.toISOString() }),
    ...(until && { $lt: until.toISOString() }),
  };
  return {
    ...(changeId !== undefined && { changeId: storedText(changeId) }),
    ...(state !== undefined && { state }),
    ...(targetSystem !== undefined && { targetSystem: storedText(targetSystem) }),
    ...(Object.keys(at).length > 0 && { at }),
  };
}

/** Reads the lock, judged by the server's clock, then the last entry, by index. */
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
 * Reads the lock, judged by the server's clock, then the latest entry of each change.
 *
 * However long the history is, the index gives the latest entry of each change and skips the others (DISTINCT_SCAN).
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

/** Reads the record first: the end of the chain in it may then be older than the entries, but never newer. */
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
 * Reads until record and entries are of one moment. An aggregation may see one collection before an append and the other
 * after it. They really differ when the record, read again, has not changed: then somebody changed the entries by hand.
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
