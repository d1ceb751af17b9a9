import type { ChainHead } from '../../core/audit-entry.js';
import { EMPTY_CHAIN } from '../../core/hash-chain.js';
import { placedEntry, seqOf } from './file-entries.js';
import { entriesAt, entriesBehind, PAGE, numbersFrom } from './filed-entries.js';
import type { Head, PlacedEntry } from './head.js';
import type { Found } from './own-documents.js';
import type { StorePlace } from './store-place.js';

/** What a head tells about its chain. */
export type ChainRecord = Pick<Head, 'chain' | 'tail'>;

/** Where there is no head, there must be no entry. */
export const NO_RECORD: ChainRecord = { chain: EMPTY_CHAIN, tail: [] };

/** The keys of the entries at both sides of where the chain ends by the head; the first one has none at the beginning. */
export function endKeys({ keys }: StorePlace, { chain: { seq } }: ChainRecord): [string, string] {
  return [keys.entry(seq), keys.entry(seq + 1)];
}

/**
 * The last entry that there is. Costs no read where it is the one that the head knows.
 *
 * @param at - what was found under the first of `endKeys`
 * @param behind - what was found under the second
 */
export async function lastEntry(
  place: StorePlace,
  head: ChainRecord,
  [at, behind]: readonly [Found | undefined, Found | undefined],
): Promise<ChainHead> {
  const { seq } = head.chain;
  if (behind) return lastBehind(place, seq);
  const placed = placedEntry(at?.content) ?? head.tail.find((unfiled) => seqOf(unfiled) === seq);
  return placed ? { seq, hash: hashIn(placed) } : lastBefore(place, head);
}

async function lastBehind(place: StorePlace, head: number): Promise<ChainHead> {
  let last: ChainHead = { seq: head + 1, hash: '' };
  let seq = head;
  for await (const page of entriesBehind(place, head)) {
    seq += page.length;
    const placed = page.at(-1);
    if (placed) last = { seq, hash: hashIn(placed) };
  }
  return last;
}

/** Entries were removed; the last one that is left may be far away. */
async function lastBefore(place: StorePlace, head: ChainRecord): Promise<ChainHead> {
  for (let end = head.chain.seq; end > 1; end -= PAGE) {
    const first = Math.max(end - PAGE, 1);
    const page = await entriesAt(place, head, numbersFrom(first, end - first));
    const index = page.findLastIndex((placed) => placed !== undefined);
    const placed = page[index];
    if (placed) return { seq: first + index, hash: hashIn(placed) };
  }
  return EMPTY_CHAIN;
}

function hashIn({ entry }: PlacedEntry): string {
  return String(entry['hash']);
}
