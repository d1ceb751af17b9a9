import type { mongo } from 'mongoose';
import { freeLock, LOCK_PARTS, lockId } from './lock-documents.js';
import { isMongoError } from './mongo-errors.js';
import { AUDIT_INDEXES, COLLECTION_OPTIONS, type StoreCollections } from './store-collections.js';

/** True when everything that the store needs is there. */
export async function collectionsExist({ lock, namespace }: StoreCollections): Promise<boolean> {
  const ids = LOCK_PARTS.map((part) => lockId(namespace, part));
  return (await lock.countDocuments({ _id: { $in: ids } })) === LOCK_PARTS.length;
}

/** True when there is a collection of that name, as far as the user may know. */
export async function isCreated(db: mongo.Db, name: string): Promise<boolean> {
  const options = { nameOnly: true, authorizedCollections: true };
  return (await db.listCollections({ name }, options).toArray()).length > 0;
}

/** True when both collections and their indexes are there, as far as the user may know; false where nobody can tell. */
export async function areCreated({ db, audit, lock }: StoreCollections): Promise<boolean> {
  try {
    const names = [audit.collectionName, lock.collectionName];
    const created = await Promise.all(names.map((name) => isCreated(db, name)));
    const indexes = (await audit.indexes()).map(({ name }) => name);
    return created.every(Boolean) && AUDIT_INDEXES.every(({ name }) => indexes.includes(name));
  } catch {
    return false;
  }
}

/** Creates collections and indexes as far as they are missing. */
export async function createCollections({ db, audit, lock }: StoreCollections): Promise<void> {
  await createCollection(db, audit.collectionName);
  await createCollection(db, lock.collectionName);
  await audit.createIndexes([...AUDIT_INDEXES]);
}

/** Makes sure that the namespace has its lock documents. The last step of all: by them others see that the store is ready. */
export async function ensureLock({ lock, namespace }: StoreCollections): Promise<void> {
  for (const part of LOCK_PARTS)
    await ignoring('duplicateKey', () =>
      lock.updateOne({ _id: lockId(namespace, part) }, { $setOnInsert: freeLock() }, { upsert: true }),
    );
}

/** Creates a collection that no transaction has to create on its way. */
export async function createCollection(db: mongo.Db, name: string): Promise<void> {
  const { writeConcern } = COLLECTION_OPTIONS;
  await ignoring('namespaceExists', () => db.createCollection(name, { writeConcern }));
}

/** Replicas race for it; the slower ones are told that it is there already. */
async function ignoring(
  code: 'duplicateKey' | 'namespaceExists',
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isMongoError(error, code)) throw error;
  }
}
