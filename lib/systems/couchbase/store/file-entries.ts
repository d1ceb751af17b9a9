import type { OwnDocuments } from '../connection/own-documents.js';
import type { Head, PlacedEntry } from './head.js';
import type { StoreLocation } from './store-location.js';

/** An entry as a document holds it; undefined when there is none. */
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
 * Files the entries of the last append in documents of their own: each under its seq, and the latest of each change in its
 * slot. Any process may do it, and more than once: committed entries never change, so every process writes the same.
 */
export class EntryFiler {
  #filed: string | undefined;

  readonly #location: StoreLocation;

  constructor(location: StoreLocation) {
    this.#location = location;
  }

  /** Must be called before the tail of the head is replaced. */
  async file({ chain, tail }: Head): Promise<void> {
    if (this.#filed === chain.hash) return;
    const { documents, keys } = this.#location;
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

/** Never replaces a newer entry: a process that was suspended may come late. */
async function raiseLatest(documents: OwnDocuments, key: string, placed: PlacedEntry): Promise<void> {
  for (;;) {
    const found = await documents.get(key);
    const current = placedEntry(found?.content);
    if (current && seqOf(current) >= seqOf(placed)) return;
    const written = found ? documents.replace(key, placed, found.cas) : documents.insert(key, placed);
    if (await written) return;
  }
}
