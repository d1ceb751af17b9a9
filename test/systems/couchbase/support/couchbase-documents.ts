import type { Collection } from 'couchbase';
import type { AuditEntry } from 'nestjs-flamingock';
import type { Head, PlacedEntry } from '../../../../lib/systems/couchbase/store/head.js';
import type { DocumentKeys } from '../../../../lib/systems/couchbase/store/store-location.js';

/** Alters the entry in a document by hand: one of the chain, or the latest of a change. */
export async function editEntry(
  collection: Collection,
  key: string,
  altered: Partial<AuditEntry>,
): Promise<void> {
  const { content } = (await collection.get(key)) as { content: PlacedEntry };
  await collection.replace(key, { ...content, entry: { ...content.entry, ...altered } });
}

/** Removes every entry behind this seq by hand. */
export function cutEntries(collection: Collection, keys: DocumentKeys, after: number): Promise<void> {
  return removeEntries(collection, keys, (seq) => seq > after);
}

/** Also from the head, where the entries of the last append are kept for whoever finds none. */
export async function removeEntries(
  collection: Collection,
  keys: DocumentKeys,
  isGone: (seq: number) => boolean,
): Promise<void> {
  const { content } = (await collection.get(keys.head)) as { content: Head };
  for (let seq = 1; seq <= content.chain.seq; seq++)
    if (isGone(seq)) await collection.remove(keys.entry(seq)).catch(() => undefined);
  const tail = content.tail.filter(({ entry }) => !isGone(Number(entry['seq'])));
  await collection.replace(keys.head, { ...content, tail });
}
