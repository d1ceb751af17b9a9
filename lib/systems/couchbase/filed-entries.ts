import { placedEntry, seqOf } from './file-entries.js';
import type { Head, PlacedEntry } from './head.js';
import type { StorePlace } from './store-place.js';

/** How many entries are read at once. */
export const PAGE = 200;

/** The entries under these seqs: of the last append, also those that have no documents of their own yet. */
export async function entriesAt(
  { documents, keys }: StorePlace,
  { tail }: Pick<Head, 'tail'>,
  seqs: readonly number[],
): Promise<(PlacedEntry | undefined)[]> {
  const found = await documents.getAll(seqs.map((seq) => keys.entry(seq)));
  return found.map((document, index) =>
    document ? placedEntry(document.content) : tail.find((placed) => seqOf(placed) === seqs[index]),
  );
}

/** The entries that stand behind `seq` without a gap, page by page; of none, one document is asked for. */
export async function* entriesBehind(
  { documents, keys }: StorePlace,
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
