import type { Connection, mongo } from 'mongoose';
import type { AuditDocument } from './audit-document.js';
import { databaseOf } from './database.js';
import type { LockDocument } from './lock-documents.js';
import { type Upgrade, UPGRADES } from './upgrades.js';

/** How the collections of a store are called. */
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

/** The indexes of the audit collection: the place of an entry in its chain, and the latest entry of each change. */
export const AUDIT_INDEXES: readonly mongo.IndexDescription[] = [
  { name: 'flamingock_chain', key: { namespace: 1, seq: 1 }, unique: true },
  { name: 'flamingock_latest', key: { namespace: 1, changeId: 1, seq: -1 } },
];

/** Nothing of what the app has set for its own data applies here. */
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
