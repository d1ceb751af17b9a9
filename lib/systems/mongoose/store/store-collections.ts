import type { Connection, mongo } from 'mongoose';
import { databaseOf } from '../connection/database.js';
import type { AuditDocument } from './audit-document.js';
import type { LockDocument } from './lock-documents.js';

/**
 * Brings the collections of a store from one version to the next. Replicas may run it at once, and one may die in the
 * middle, so running it twice must have the same result.
 */
export type Upgrade = (collections: StoreCollections) => Promise<void>;

/** The first one leads from version 1 to version 2, and so on. The last one leads to the version that this code writes. */
export const UPGRADES: readonly Upgrade[] = [];

/** The names of a store's collections. */
export interface StoreNames {
  readonly namespace: string;
  readonly auditCollection: string;
  readonly lockCollection: string;
}

/** The collections of a store, ready for use. */
export interface StoreCollections {
  readonly connection: Connection;
  readonly db: mongo.Db;
  readonly namespace: string;
  readonly audit: mongo.Collection<AuditDocument>;
  readonly lock: mongo.Collection<LockDocument>;
  readonly upgrades: readonly Upgrade[];
  /** The one that `upgrades` lead to. */
  readonly version: number;
}

/** The indexes of the audit collection: entries by their place in the chain, and by change with the latest one first. */
export const AUDIT_INDEXES: readonly mongo.IndexDescription[] = [
  { name: 'flamingock_chain', key: { namespace: 1, seq: 1 }, unique: true },
  { name: 'flamingock_latest', key: { namespace: 1, changeId: 1, seq: -1 } },
];

/** Replaces what the app has set for its own data. */
export const COLLECTION_OPTIONS = {
  readConcern: { level: 'majority' },
  writeConcern: { w: 'majority' },
  readPreference: 'primary',
  promoteLongs: true,
  promoteValues: true,
  promoteBuffers: false,
  useBigInt64: false,
  raw: false,
  ignoreUndefined: false,
} satisfies mongo.CollectionOptions;

export async function storeCollections(
  connection: Connection,
  names: StoreNames,
  upgrades = UPGRADES,
): Promise<StoreCollections> {
  const db = await databaseOf(connection);
  return {
    connection,
    db,
    namespace: names.namespace,
    audit: db.collection<AuditDocument>(names.auditCollection, COLLECTION_OPTIONS),
    lock: db.collection<LockDocument>(names.lockCollection, COLLECTION_OPTIONS),
    upgrades,
    version: upgrades.length + 1,
  };
}
