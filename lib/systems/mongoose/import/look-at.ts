import type { RecordPresence } from '../../../core/import-source.js';
import type { MongoPlace } from './mongo-history.js';

/**
 * Whether a collection exists, or anything else. A database is new as long as it has no documents but ours: Mongoose makes
 * the collections of its models at once. Where that cannot be told, the collection counts as being there.
 */
export async function lookAt(place: MongoPlace, collection: string): Promise<RecordPresence> {
  const listed = place.listCollections?.();
  if (!listed) return 'kept';
  const rows = await ('toArray' in listed ? listed.toArray() : listed);
  const names = rows.map((row) => (row as { readonly name: string }).name);
  if (names.includes(collection)) return 'kept';
  for (const name of names.filter((one) => !/^(?:flamingock_|system\.)/.test(one)))
    if (await place.collection(name).findOne?.()) return 'missing';
  return 'new-place';
}
