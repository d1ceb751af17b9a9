import type { Head, PlacedEntry } from './head.js';
import type { OwnDocuments } from './own-documents.js';
import type { StorePlace } from './store-place.js';

/** An entry that was read back, with what stands beside it. */
export function placedEntry(content: unknown): PlacedEntry | undefined {
  if (typeof content !== 'object' || content === null || !('entry' in content)) return undefined;
  const { slot = 0, before = 0, entry } = content as Partial<PlacedEntry>;
  return typeof entry === 'object' && entry !== null ? { slot, before, entry } : undefined;
}

/** The place of an entry in the chain; NaN when it was altered by hand. */
export function seqOf({ entry }: PlacedEntry): number {
  return Number(entry['seq']);
}

/**
 * Gives the entries of the last append documents of their own: each under its seq, and the latest of each change in its
 * slot. Whoever does it, and however often: what is committed never changes, so that everybody writes the same.
 */
export class EntryFiler {
  #filed: string | undefined;

  constructor(private readonly place: StorePlace) {}

  /** To be done before the tail of the head is replaced. */
  async file({ chain, tail }: Head): Promise<void> {
    if (this.#filed === chain.hash) return;
    const { documents, keys } = this.place;
    const latest = new Map(tail.map((placed) => [placed.slot, placed]));
    const first = tail.filter(({ before }) => before === 0);
    await Promise.all([
      ...tail.map((placed) => documents.insert(keys.entry(seqOf(placed)), placed)),
      ...first.map(({ slot, entry }) => {
        const changeId = String(entry['changeId']);
        return documents.insert(keys.change(changeId), { changeId, slot });
      }),
      ...[...latest.values()].map((placed) => raiseLatest(documents, keys.latest(placed.slot), placed)),
    ]);
    this.#filed = chain.hash;
  }
}

/** A process that stood still meanwhile must not put back an older entry. */
async function raiseLatest(documents: OwnDocuments, key: string, placed: PlacedEntry): Promise<void> {
  for (;;) {
    const found = await documents.get(key);
    const current = placedEntry(found?.content);
    if (current && seqOf(current) >= seqOf(placed)) return;
    const written = found ? documents.replace(key, placed, found.cas) : documents.insert(key, placed);
    if (await written) return;
  }
}
