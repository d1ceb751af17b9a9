import { matchesQuery } from '../../../core/kit/history-pages.js';
import type { AuditEntry } from '../../../core/model/audit-entry.js';
import type { HistoryQuery } from '../../../core/model/audit-store.js';
import { lastOf } from './append.js';
import { placedEntry, seqOf } from './file-entries.js';
import { type Head, type PlacedEntry, readHead } from './head.js';
import { unpack } from './packed-entry.js';
import type { StoreLocation } from './store-location.js';

/** How many entries are read at once. */
export const PAGE = 200;

/** The entries with these seqs, also those of the last append that have no documents of their own yet. */
export async function entriesAt(
  { documents, keys }: StoreLocation,
  { tail }: Pick<Head, 'tail'>,
  seqs: readonly number[],
): Promise<(PlacedEntry | undefined)[]> {
  const found = await documents.getAll(seqs.map((seq) => keys.entry(seq)));
  return found.map((document, index) =>
    document ? placedEntry(document.content) : tail.find((placed) => seqOf(placed) === seqs[index]),
  );
}

/** The entries that follow `seq` without a gap, in pages. The first page has one document: mostly, no entry follows. */
export async function* entriesBehind(
  { documents, keys }: StoreLocation,
  seq: number,
): AsyncGenerator<PlacedEntry[]> {
  let size = 1;
  for (let next = seq + 1; ; next += size, size = Math.min(size * 8, PAGE)) {
    const found = await documents.getAll(numbersFrom(next, size).map((each) => keys.entry(each)));
    const page = found.map((document) => placedEntry(document?.content));
    const gap = page.indexOf(undefined);
    yield page.slice(0, gap < 0 ? size : gap).filter((placed) => placed !== undefined);
    if (gap >= 0) return;
  }
}

/** `count` numbers from `first` on. */
export function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

type Page = readonly (PlacedEntry | undefined)[];

/** The entries that a query asks for, read in pages. Those of one change are found by their links. */
export async function* readHistory(location: StoreLocation, query: HistoryQuery): AsyncGenerator<AuditEntry> {
  const head = (await readHead(location))?.head;
  let left = query.limit ?? Infinity;
  if (!head || left <= 0) return;
  for await (const page of pagesOf(location, head, query)) {
    for (const placed of page) {
      const entry = placed && unpack(placed.entry);
      if (!entry || !matchesQuery(entry, query)) continue;
      yield entry;
      if (--left <= 0) return;
    }
  }
}

/** The entries to look at, in the order of the query. */
async function* pagesOf(location: StoreLocation, head: Head, query: HistoryQuery): AsyncGenerator<Page> {
  const { changeId, direction, fromSeq = 1 } = query;
  const own = changeId === undefined ? undefined : await seqsOfChange(location, head, changeId, fromSeq);
  for (const seqs of seqPages(head, query, own)) yield await entriesAt(location, head, seqs);
  if (own || direction === 'newest-first') return;
  // These were appended since the head was read, or added by hand: verifying the chain must see them.
  yield* entriesBehind(location, Math.max(head.chain.seq, fromSeq - 1));
}

/** The seqs up to the head, in the order of the query. @param own - those of the change that is asked for, oldest first */
function* seqPages({ chain }: Head, query: HistoryQuery, own?: readonly number[]): Generator<number[]> {
  const { direction, state, targetSystem, since, until, fromSeq = 1, limit = PAGE } = query;
  const filtered = own || state || targetSystem || since || until;
  const size = filtered ? PAGE : Math.min(PAGE, limit);
  const count = own?.length ?? chain.seq - fromSeq + 1;
  const seqAt = (index: number): number => own?.[index] ?? fromSeq + index;
  for (let start = 0; start < count; start += size) {
    const indexes = numbersFrom(start, Math.min(size, count - start));
    yield indexes.map((index) => seqAt(direction === 'newest-first' ? count - 1 - index : index));
  }
}

/** The seqs of a change's entries from `fromSeq` on, oldest first. Each entry links to the one before it. */
async function seqsOfChange(
  location: StoreLocation,
  head: Head,
  changeId: string,
  fromSeq: number,
): Promise<number[]> {
  const unfiled = head.tail.findLast(({ entry }) => entry['changeId'] === changeId);
  let seq = unfiled ? seqOf(unfiled) : ((await lastOf(location, changeId))?.seq ?? 0);
  const seqs: number[] = [];
  while (seq >= fromSeq && seq > 0) {
    const [placed] = await entriesAt(location, head, [seq]);
    if (seq <= head.chain.seq) seqs.push(seq);
    const before = placed?.before ?? 0;
    seq = before < seq ? before : 0;
  }
  return seqs.reverse();
}
