import { randomBytes } from 'node:crypto';
import type { mongo } from 'mongoose';
import { messageOf } from '../../../core/kit/text.js';
import { isAnswered, isMongoError, isNotPrimary } from '../connection/mongo-errors.js';
import { unfitness } from '../connection/standalone.js';
import { freeLock, LOCK_PARTS, lockId } from './lock-documents.js';
import {
  AUDIT_INDEXES,
  COLLECTION_OPTIONS,
  type StoreCollections,
  type StoreNames,
} from './store-collections.js';
import { collectionsMissing, newerCollections, storeFailed, unfitServer } from './store-errors.js';

/** The store that the collections belong to. */
export interface StoreOwner {
  /** For people. */
  readonly name: string;
  readonly names: StoreNames;
  readonly mayCreate: boolean;
}

/**
 * Creates what is missing, and brings older collections up to date.
 *
 * @throws AuditStoreError when the server is unfit, or with what to run for whoever may create the collections
 */
export async function openStore(collections: StoreCollections, owner: StoreOwner): Promise<void> {
  const unfit = await unfitness(collections.db);
  if (unfit) throw unfitServer(owner.name, unfit);
  await upgradeCollections(collections);
  if (await collectionsExist(collections)) return;
  await createOrExplain(collections, owner);
  await ensureLock(collections);
}

async function createOrExplain(
  collections: StoreCollections,
  { name, names, mayCreate }: StoreOwner,
): Promise<void> {
  if (!mayCreate) {
    if (await isCreated(collections.db, names.lockCollection)) return;
    throw collectionsMissing(name, names, 'createTables is false');
  }
  try {
    await createCollections(collections);
  } catch (error) {
    const exist = await areCreated(collections);
    const isRefused = isAnswered(error) || isNotPrimary(error);
    if (exist || !isRefused) throw storeFailed(name, names, 'cannot be opened', error, exist);
    throw collectionsMissing(name, names, `cannot be created: ${messageOf(error)}`, error);
  }
}

/** True when the store was opened before: the namespace has its lock documents. */
async function collectionsExist({ lock, namespace }: StoreCollections): Promise<boolean> {
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
async function areCreated({ db, audit, lock }: StoreCollections): Promise<boolean> {
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
async function createCollections({ db, audit, lock }: StoreCollections): Promise<void> {
  await createCollection(db, audit.collectionName);
  await createCollection(db, lock.collectionName);
  await audit.createIndexes([...AUDIT_INDEXES]);
}

/** Makes sure that the namespace has its lock documents. This is the last step: they tell other processes that the store is ready. */
async function ensureLock({ lock, namespace, version }: StoreCollections): Promise<void> {
  const storeId = randomBytes(16).toString('hex');
  for (const part of LOCK_PARTS) {
    const fresh = { $setOnInsert: freeLock(part, version, storeId) };
    await ignoring('duplicateKey', () =>
      lock.updateOne({ _id: lockId(namespace, part) }, fresh, { upsert: true }),
    );
  }
}

/** Creates a collection, so that no transaction has to. */
export async function createCollection(db: mongo.Db, name: string): Promise<void> {
  const { writeConcern } = COLLECTION_OPTIONS;
  await ignoring('namespaceExists', () => db.createCollection(name, { writeConcern }));
}

/** Replicas may do the same at once. The slower ones get an error that says that it exists already. */
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
