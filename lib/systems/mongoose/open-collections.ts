import { randomBytes } from 'node:crypto';
import type { mongo } from 'mongoose';
import { freeLock, LOCK_PARTS, lockId } from './lock-documents.js';
import { isMongoError } from './mongo-errors.js';
import { AUDIT_INDEXES, COLLECTION_OPTIONS, type StoreCollections } from './store-collections.js';
import { newerCollections } from './store-errors.js';

/** True when everything that the store needs is there. */
export async function collectionsExist({ lock, namespace }: StoreCollections): Promise<boolean> {
  const ids = LOCK_PARTS.map((part) => lockId(namespace, part));
  return (await lock.countDocuments({ _id: { $in: ids } })) === LOCK_PARTS.length;
}

/**
 * Brings collections of an older version up to date, one version after the other, for all namespaces in them.
 *
 * @throws AuditStoreError when they are of a newer version
 */
export async function upgradeCollections(collections: StoreCollections): Promise<void> {
  const { lock, upgrades, version: known } = collections;
  const others = await lock.find({ '_id.part': 'lease', version: { $ne: known } }).toArray();
  const versions = others.map(({ version = 1 }) => version);
  if (!versions.length) return;
  if (Math.max(...versions) > known) throw newerCollections(collections, Math.max(...versions));
  for (let version = Math.min(...versions); version < known; version++) {
    await upgrades[version - 1]?.(collections);
    await lock.updateMany({ '_id.part': 'lease', version }, { $set: { version: version + 1 } });
  }
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
export async function ensureLock({ lock, namespace, version }: StoreCollections): Promise<void> {
  const storeId = randomBytes(16).toString('hex');
  for (const part of LOCK_PARTS) {
    const fresh = { $setOnInsert: freeLock(part, version, storeId) };
    await ignoring('duplicateKey', () =>
      lock.updateOne({ _id: lockId(namespace, part) }, fresh, { upsert: true }),
    );
  }
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
