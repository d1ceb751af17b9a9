import type { AuditEntry } from '../../core/audit-entry.js';
import type { HistoryQuery } from '../../core/audit-store.js';
import { placedEntry, seqOf } from './file-entries.js';
import { type Head, type PlacedEntry, readHead } from './head.js';
import { unpack } from './packed-entry.js';
import { lastOf } from './place-entries.js';
import type { StorePlace } from './store-place.js';

/** How many entries are read at once. */
const PAGE = 200;

/** The entries that a query asks for, page by page; those of one change along their own chain. */
export async function* readHistory(place: StorePlace, query: HistoryQuery): AsyncGenerator<AuditEntry> {
  const head = (await readHead(place))?.head;
  let left = query.limit ?? Infinity;
  if (!head || left <= 0) return;
  for await (const seqs of pagesOf(place, head, query)) {
    for (const placed of await entriesAt(place, head, seqs)) {
      const entry = placed && unpack(placed.entry);
      if (!entry || !matches(entry, query)) continue;
      yield entry;
      if (--left <= 0) return;
    }
  }
}

/** The seqs to look at, in the order of the query. */
async function* pagesOf(place: StorePlace, head: Head, query: HistoryQuery): AsyncGenerator<number[]> {
  const { changeId, direction, state, targetSystem, since, until, limit = PAGE } = query;
  const newestFirst = direction === 'newest-first';
  const own = changeId === undefined ? undefined : await seqsOfChange(place, head, changeId);
  if (own && !newestFirst) own.reverse();
  const filtered = own || state || targetSystem || since || until;
  const size = filtered ? PAGE : Math.min(PAGE, limit);
  const count = own?.length ?? head.chain.seq;
  const seqAt = (index: number): number => own?.[index] ?? (newestFirst ? count - index : index + 1);
  for (let start = 0; start < count; start += size)
    yield Array.from({ length: Math.min(size, count - start) }, (_, index) => seqAt(start + index));
}

/** Newest first: each entry of a change tells where the one before it is. */
async function seqsOfChange(place: StorePlace, head: Head, changeId: string): Promise<number[]> {
  const unfiled = head.tail.findLast(({ entry }) => entry['changeId'] === changeId);
  let seq = unfiled ? seqOf(unfiled) : ((await lastOf(place, changeId))?.seq ?? 0);
  const seqs: number[] = [];
  while (seq > 0) {
    const [placed] = await entriesAt(place, head, [seq]);
    if (seq <= head.chain.seq) seqs.push(seq);
    const before = placed?.before ?? 0;
    seq = before < seq ? before : 0;
  }
  return seqs;
}

async function entriesAt(
  { documents, keys }: StorePlace,
  { tail }: Head,
  seqs: readonly number[],
): Promise<(PlacedEntry | undefined)[]> {
  const found = await documents.getAll(seqs.map((seq) => keys.entry(seq)));
  return found.map((document, index) =>
    document ? placedEntry(document.content) : tail.find((placed) => seqOf(placed) === seqs[index]),
  );
}

/** Moments are compared as text: in ISO 8601, UTC, milliseconds, both orders are one. */
function matches(entry: AuditEntry, { changeId, state, targetSystem, since, until }: HistoryQuery): boolean {
  return (
    (changeId === undefined || entry.changeId === changeId) &&
    (state === undefined || entry.state === state) &&
    (targetSystem === undefined || entry.targetSystem === targetSystem) &&
    (since === undefined || entry.at >= since.toISOString()) &&
    (until === undefined || entry.at < until.toISOString())
  );
}
