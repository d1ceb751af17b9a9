import type { AuditEntry } from '../../core/audit-entry.js';
import type { HistoryQuery } from '../../core/audit-store.js';
import { entriesAt, entriesBehind, PAGE, numbersFrom } from './filed-entries.js';
import { seqOf } from './file-entries.js';
import { type Head, type PlacedEntry, readHead } from './head.js';
import { unpack } from './packed-entry.js';
import { lastOf } from './place-entries.js';
import type { StorePlace } from './store-place.js';

type Page = readonly (PlacedEntry | undefined)[];

/** The entries that a query asks for, page by page; those of one change along their own chain. */
export async function* readHistory(place: StorePlace, query: HistoryQuery): AsyncGenerator<AuditEntry> {
  const head = (await readHead(place))?.head;
  let left = query.limit ?? Infinity;
  if (!head || left <= 0) return;
  for await (const page of pagesOf(place, head, query)) {
    for (const placed of page) {
      const entry = placed && unpack(placed.entry);
      if (!entry || !matches(entry, query)) continue;
      yield entry;
      if (--left <= 0) return;
    }
  }
}

/** The entries to look at, in the order of the query. */
async function* pagesOf(place: StorePlace, head: Head, query: HistoryQuery): AsyncGenerator<Page> {
  const { changeId, direction, fromSeq = 1 } = query;
  const own = changeId === undefined ? undefined : await seqsOfChange(place, head, changeId, fromSeq);
  for (const seqs of seqPages(head, query, own)) yield await entriesAt(place, head, seqs);
  if (own || direction === 'newest-first') return;
  // Appended since the head was read; or put there by somebody, for whoever verifies the chain to see.
  yield* entriesBehind(place, Math.max(head.chain.seq, fromSeq - 1));
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

/** Oldest first, from `fromSeq` on. Each entry of a change tells where the one before it is. */
async function seqsOfChange(
  place: StorePlace,
  head: Head,
  changeId: string,
  fromSeq: number,
): Promise<number[]> {
  const unfiled = head.tail.findLast(({ entry }) => entry['changeId'] === changeId);
  let seq = unfiled ? seqOf(unfiled) : ((await lastOf(place, changeId))?.seq ?? 0);
  const seqs: number[] = [];
  while (seq >= fromSeq && seq > 0) {
    const [placed] = await entriesAt(place, head, [seq]);
    if (seq <= head.chain.seq) seqs.push(seq);
    const before = placed?.before ?? 0;
    seq = before < seq ? before : 0;
  }
  return seqs.reverse();
}

/** Moments are compared as text: in ISO 8601, UTC, milliseconds, both orders are one. */
function matches(entry: AuditEntry, query: HistoryQuery): boolean {
  const { changeId, state, targetSystem, fromSeq, since, until } = query;
  return (
    (changeId === undefined || entry.changeId === changeId) &&
    (state === undefined || entry.state === state) &&
    (targetSystem === undefined || entry.targetSystem === targetSystem) &&
    (fromSeq === undefined || entry.seq >= fromSeq) &&
    (since === undefined || entry.at >= since.toISOString()) &&
    (until === undefined || entry.at < until.toISOString())
  );
}
