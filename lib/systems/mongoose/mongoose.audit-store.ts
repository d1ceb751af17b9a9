import type { Connection, mongo } from 'mongoose';
import { type AuditStorage, BaseAuditStore } from '../../core/kit/base-audit-store.js';
import { historyPages } from '../../core/kit/history-pages.js';
import { injectable } from '../../core/kit/injectable.js';
import { DEFAULT_CONNECTION, resourceOf } from './connection/database.js';
import { isAnswered } from './connection/mongo-errors.js';
import { ownCall } from './guard/client-hook.js';
import { acquireLease, changeStoreId, releaseLease, renewLease, settleFree } from './store/acquire-lease.js';
import { appendAlone, appendWithin } from './store/append.js';
import { openStore, type StoreOwner } from './store/open-collections.js';
import { readPage, readSnapshot, readSummary } from './store/read.js';
import { storeCollections, type StoreCollections } from './store/store-collections.js';
import { storeFailed } from './store/store-errors.js';

/** How a Mongoose audit store keeps its collections. */
export interface MongooseAuditStoreOptions {
  /**
   * Several apps in one database: each namespace has its own chain, changes and lock. Up to 200 characters.
   * @default 'default'
   */
  readonly namespace?: string;
  /**
   * Create the collections and indexes when they are missing. When false and they are, the error has what to run in mongosh.
   * @default true
   */
  readonly createTables?: boolean;
  /** @default 'flamingock_audit' */
  readonly auditCollection?: string;
  /** @default 'flamingock_lock' */
  readonly lockCollection?: string;
}

/**
 * Keeps the audit in MongoDB (4.4 or later, a replica set or a sharded cluster), on the app's own Mongoose connection.
 *
 * No model is registered. Reads and writes have majority concern and go to the primary, whatever the connection's defaults are.
 * A change on a `MongooseTargetSystem` with the same connection, or another database of the same client, is *shared*:
 * one commit holds its effect and its audit entry.
 */
export class MongooseAuditStore extends BaseAuditStore<mongo.ClientSession> {
  readonly #connection: Connection;

  /** @throws AuditStoreError for a namespace that cannot be one */
  constructor(connection: Connection, options: MongooseAuditStoreOptions = {}) {
    const { namespace = 'default', createTables: mayCreate = true } = options;
    const { auditCollection = 'flamingock_audit', lockCollection = 'flamingock_lock' } = options;
    const names = { namespace, auditCollection, lockCollection };
    super(NAME, namespace, storageIn(connection, { name: NAME, names, mayCreate }));
    this.#connection = connection;
  }

  /**
   * The store of a connection that Nest knows.
   *
   * @param token - of the connection: `getConnectionToken('name')` of `@nestjs/mongoose` for a named one
   * @default token: that of the default connection
   */
  static readonly inject = injectable(MongooseAuditStore, 'MongooseAuditStore', DEFAULT_CONNECTION);

  /** The client behind the connection: a transaction can span its databases. */
  get resource(): unknown {
    return resourceOf(this.#connection);
  }
}

const NAME = 'mongoose:mongodb';

function storageIn(connection: Connection, owner: StoreOwner): AuditStorage<mongo.ClientSession> {
  const { name, names } = owner;
  const own = async <T>(work: (found: StoreCollections) => Promise<T>): Promise<T> => {
    const found = await storeCollections(connection, names);
    return ownCall(connection, () => work(found));
  };
  return {
    open: () => own((found) => openStore(found, owner)),
    summary: () => own(readSummary),
    snapshot: () => own(readSnapshot),
    append: (append, session) =>
      own((found) => (session ? appendWithin(found, append, session) : appendAlone(found, append))),
    history: (query) => historyPages(query, (page) => own((found) => readPage(found, page))),
    acquire: (request) => own((found) => acquireLease(found, request)),
    renew: (fence) => own((found) => renewLease(found, fence)),
    release: (fence, settled) => own((found) => releaseLease(found, fence, settled)),
    settle: (settled) => own((found) => settleFree(found, settled)),
    adopt: (storeId, fence) => own((found) => changeStoreId(found, storeId, fence)),
    isSession,
    isAnswered,
    failed: (what, cause, exists) => storeFailed(name, names, what, cause, exists),
  };
}

function isSession(session: unknown): session is mongo.ClientSession {
  return typeof session === 'object' && session !== null && 'inTransaction' in session;
}
