import type { mongo } from 'mongoose';
import type { AuditEntry } from '../../core/audit-entry.js';
import type { HistoryQuery } from '../../core/audit-store.js';
import type { HistoryPage } from '../../core/history-pages.js';
import { type AuditDocument, entryOf } from './audit-document.js';
import { asOwn } from './own-context.js';
import type { StoreCollections } from './store-collections.js';
import { storedText } from './stored-text.js';

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
  const documents = await asOwn(() =>
    audit.find(filter).sort({ namespace: direction, seq: direction }).limit(size).toArray(),
  );
  return documents.map(entryOf);
}

/** Moments are compared as text: in ISO 8601, UTC, milliseconds, both orders are one. */
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
