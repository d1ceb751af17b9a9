import type { Connection, mongo } from 'mongoose';
import { refusedByServer } from '../../core/append-refusals.js';
import type { AuditEntry } from '../../core/audit-entry.js';
import type {
  Acquisition,
  AuditSnapshot,
  AuditStore,
  AuditSummary,
  Fence,
  HistoryQuery,
  LeaseRequest,
  Settled,
} from '../../core/audit-store.js';
import { checkSequence } from '../../core/check-sequence.js';
import { demandNamespace } from '../../core/demand-namespace.js';
import { messageOf } from '../../core/error-text.js';
import { AuditStoreError } from '../../core/errors.js';
import { historyPages } from '../../core/history-pages.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import { retold } from '../../core/retold.js';
import { appendAlone, appendWithin } from './append-entries.js';
import { DEFAULT_CONNECTION } from './connection-token.js';
import { resourceOf } from './database.js';
import { readPage } from './history.js';
import { isAnswered } from './mongo-errors.js';
import {
  areCreated,
  collectionsExist,
  createCollections,
  ensureLock,
  isCreated,
  upgradeCollections,
} from './open-collections.js';
import { asOwn } from './own-context.js';
import { readSnapshot, readSummary } from './snapshot.js';
import { unfitness } from './standalone.js';
import { storeCollections, type StoreCollections, type StoreNames } from './store-collections.js';
import { collectionsMissing, storeFailed, unfitServer } from './store-errors.js';
import { changeStoreId, releaseLease, renewLease, settleFree, tryLease } from './take-lease.js';

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
export class MongooseAuditStore implements AuditStore {
  readonly name = 'mongoose:mongodb';
  readonly namespace: string;
  private readonly names: StoreNames;
  private readonly mayCreate: boolean;

  /** @throws AuditStoreError for a namespace that cannot be one */
  constructor(
    private readonly connection: Connection,
    options: MongooseAuditStoreOptions = {},
  ) {
    const { namespace = 'default', createTables = true } = options;
    const { auditCollection = 'flamingock_audit', lockCollection = 'flamingock_lock' } = options;
    this.namespace = demandNamespace(namespace);
    this.names = { namespace, auditCollection, lockCollection };
    this.mayCreate = createTables;
  }

  /**
   * The store of a connection that Nest knows.
   *
   * @param token - of the connection: `getConnectionToken('name')` of `@nestjs/mongoose` for a named one
   * @default token: that of the default connection
   */
  static inject(
    token: InjectionTokenOf<Connection> = DEFAULT_CONNECTION,
    options?: MongooseAuditStoreOptions,
  ): Injected<MongooseAuditStore, Connection> {
    return {
      token,
      label: 'MongooseAuditStore',
      create: (connection) => new MongooseAuditStore(connection, options),
    };
  }

  /** The client behind the connection: a transaction can span its databases. */
  get resource(): unknown {
    return resourceOf(this.connection);
  }

  async open(): Promise<void> {
    await this.told('cannot be opened', async (collections) => {
      const unfit = await unfitness(collections.db);
      if (unfit) throw unfitServer(this.name, unfit);
      await upgradeCollections(collections);
      if (await collectionsExist(collections)) return;
      await this.create(collections);
      await ensureLock(collections);
    });
  }

  summary(): Promise<AuditSummary> {
    return this.told('cannot be read', readSummary);
  }

  snapshot(): Promise<AuditSnapshot> {
    return this.told('cannot be read', readSnapshot);
  }

  async append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void> {
    if (entries.length === 0) return;
    checkSequence(entries);
    const collections = await this.collections();
    const append = { entries, fence };
    try {
      if (session === undefined) await appendAlone(collections, append);
      else await appendWithin(collections, append, demandSession(session));
    } catch (error) {
      throw isAnswered(error)
        ? refusedByServer(`The audit store ${this.name} refused entry`, entries, error)
        : error;
    }
  }

  history(query: HistoryQuery = {}): AsyncIterable<AuditEntry> {
    return historyPages(query, (page) =>
      this.told('cannot be read', (collections) => readPage(collections, page)),
    );
  }

  acquire(request: LeaseRequest): Promise<Acquisition | null> {
    return this.told('cannot give the lease', (collections) => tryLease(collections, request), true);
  }

  async renew(fence: Fence): Promise<boolean> {
    return renewLease(await this.collections(), fence);
  }

  async release(fence: Fence, settled?: Settled): Promise<void> {
    await releaseLease(await this.collections(), fence, settled);
  }

  settle(settled: Settled): Promise<void> {
    return this.told('cannot be written', (collections) => settleFree(collections, settled), true);
  }

  adopt(storeId: string, fence: Fence): Promise<void> {
    const adopt = (collections: StoreCollections) => changeStoreId(collections, storeId, fence);
    return this.told('cannot be given another store id', adopt, true);
  }

  private collections(): Promise<StoreCollections> {
    return storeCollections(this.connection, this.names);
  }

  private async create(collections: StoreCollections): Promise<void> {
    if (!this.mayCreate) {
      if (await isCreated(collections.db, this.names.lockCollection)) return;
      throw collectionsMissing(this.name, this.names, 'createTables is false');
    }
    try {
      await createCollections(collections);
    } catch (error) {
      if (await areCreated(collections))
        throw storeFailed(this.name, this.names, 'cannot be opened', error, true);
      throw collectionsMissing(this.name, this.names, `cannot be created: ${messageOf(error)}`, error);
    }
  }

  /** Tells of a failure in words of our own. */
  private told<T>(
    what: string,
    work: (collections: StoreCollections) => Promise<T>,
    exist = false,
  ): Promise<T> {
    return retold(
      async () => {
        const collections = await this.collections();
        return asOwn(() => work(collections));
      },
      (error) => storeFailed(this.name, this.names, what, error, exist),
    );
  }
}

function demandSession(session: unknown): mongo.ClientSession {
  if (typeof session === 'object' && session !== null && 'inTransaction' in session)
    return session as mongo.ClientSession;
  throw new AuditStoreError('append() was given a session that is no ClientSession of MongoDB', {
    fix: ['hand it the session of a MongooseTargetSystem transaction, or none'],
  });
}
