import type { mongo } from 'mongoose';
import type { AuditEntry } from '../../core/audit-entry.js';
import type { HistoryQuery } from '../../core/audit-store.js';
import { type AuditDocument, entryOf } from './audit-document.js';
import { asOwn } from './own-context.js';
import type { StoreCollections } from './store-collections.js';
import { storedText } from './stored-text.js';

/** How many entries are read at once. */
const PAGE = 200;

/**
 * The entries that a query asks for, page by page. Each page begins behind the last seq of the one before,
 * so no cursor is kept between them and entries that are appended meanwhile do no harm.
 */
export async function* readHistory(
  query: HistoryQuery,
  read: (page: Page) => Promise<AuditEntry[]>,
): AsyncGenerator<AuditEntry> {
  let left = query.limit ?? Infinity;
  for (let last: AuditEntry | undefined; left > 0;) {
    const size = Math.min(left, PAGE);
    const entries = await read({ query, size, behind: last?.seq });
    yield* entries;
    if (entries.length < size) return;
    last = entries.at(-1);
    left -= entries.length;
  }
}

/** One page of a query. */
export interface Page {
  readonly query: HistoryQuery;
  readonly size: number;
  /** Seq of the last entry of the page before. */
  readonly behind: number | undefined;
}

export async function readPage(
  { audit, namespace }: StoreCollections,
  { query, size, behind }: Page,
): Promise<AuditEntry[]> {
  const newestFirst = query.direction === 'newest-first';
  const from = behind === undefined ? {} : { seq: newestFirst ? { $lt: behind } : { $gt: behind } };
  const filter: mongo.Filter<AuditDocument> = { namespace, ...conditions(query), ...from };
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
