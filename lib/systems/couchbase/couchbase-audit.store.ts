import { Cluster, type Collection, DurabilityLevel } from 'couchbase';
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
import { demandNamespace } from '../../core/demand-namespace.js';
import { AuditStoreError, FlamingockError } from '../../core/errors.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import { LeaseWatch } from '../../core/lease-watch.js';
import { retold } from '../../core/retold.js';
import { appendEntries } from './append-entries.js';
import { type CouchbaseCollectionOptions, collectionOf, pathOf } from './collection-of.js';
import { isAnswered } from './couchbase-errors.js';
import { documentKeys } from './document-keys.js';
import { EntryFiler } from './file-entries.js';
import { HEAD_UPGRADES, openHead } from './head.js';
import { readHistory } from './history.js';
import { OwnDocuments } from './own-documents.js';
import { readSnapshot, readSummary } from './snapshot.js';
import { appendRefused, storeFailed } from './store-errors.js';
import type { StorePlace } from './store-place.js';
import { adoptStoreId, releaseLease, renewLease, settleFree, takeLease } from './take-lease.js';

/** Where and how a Couchbase audit store keeps its documents. */
export interface CouchbaseAuditStoreOptions extends CouchbaseCollectionOptions {
  /**
   * Several apps in one collection: each namespace has its own chain, changes and lock. Up to 200 characters.
   * @default 'default'
   */
  readonly namespace?: string;
  /** What the keys of all our documents begin with. @default 'flamingock' */
  readonly keyPrefix?: string;
  /**
   * How many copies must have a write before it counts. With less than the default, an entry that was acknowledged can be
   * lost with a node.
   * @default DurabilityLevel.Majority
   */
  readonly durability?: DurabilityLevel;
}

/**
 * Keeps the audit in a Couchbase collection, by keys and CAS alone: no index, no query service is needed.
 *
 * A run with nothing to do reads three documents, any other one for each change beside them, and both cost the same when
 * the collection has millions of them.
 * Couchbase tells no time: a dead holder's lease is free once this process has watched it for a whole lease.
 * No change is *shared* with it: a `CouchbaseTargetSystem` keeps markers, also on the same cluster.
 */
export class CouchbaseAuditStore implements AuditStore {
  readonly name: string;
  readonly namespace: string;
  readonly keepsLatestApart = true;
  readonly resource: Collection;
  private readonly place: StorePlace;
  private readonly filer: EntryFiler;
  private readonly watch = new LeaseWatch(() => performance.now());

  /**
   * @param source - the app's cluster, with `bucket` in the options, or the collection itself
   * @throws AuditStoreError for a namespace that cannot be one, and when the bucket is missing
   */
  constructor(source: Cluster | Collection, options: CouchbaseAuditStoreOptions = {}) {
    const { namespace = 'default', keyPrefix = 'flamingock' } = options;
    const { durability = DurabilityLevel.Majority } = options;
    const collection = collectionOf(source, options);
    if (!collection) throw bucketMissing();
    const documents = new OwnDocuments(collection, durability);
    this.name = `couchbase:${pathOf(collection)}`;
    this.namespace = demandNamespace(namespace);
    this.resource = collection;
    const keys = documentKeys(keyPrefix, namespace);
    this.place = { documents, keys, namespace, upgrades: HEAD_UPGRADES };
    this.filer = new EntryFiler(this.place);
  }

  /** The store of a cluster or collection that Nest knows. @param token - default: the class Cluster */
  static inject(
    token: InjectionTokenOf<Cluster | Collection> = Cluster,
    options?: CouchbaseAuditStoreOptions,
  ): Injected<CouchbaseAuditStore, Cluster | Collection> {
    return {
      token,
      label: 'CouchbaseAuditStore',
      create: (source) => new CouchbaseAuditStore(source, options),
    };
  }

  open(): Promise<void> {
    return this.told('cannot be opened', () => openHead(this.place));
  }

  summary(): Promise<AuditSummary> {
    return this.told('cannot be read', () => readSummary(this.place, this.watch));
  }

  snapshot(): Promise<AuditSnapshot> {
    return this.told('cannot be read', () => readSnapshot(this.place, this.watch));
  }

  async append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void> {
    if (session !== undefined) throw foreignSession();
    if (entries.length === 0) return;
    try {
      await appendEntries(this.place, this.filer, { entries, fence });
    } catch (error) {
      throw isAnswered(error) ? appendRefused(this.resource, entries, error) : error;
    }
  }

  async *history(query: HistoryQuery = {}): AsyncIterable<AuditEntry> {
    try {
      yield* readHistory(this.place, query);
    } catch (error) {
      throw error instanceof FlamingockError ? error : storeFailed(this.resource, 'cannot be read', error);
    }
  }

  acquire(request: LeaseRequest): Promise<Acquisition | null> {
    return this.told('cannot give the lease', () => takeLease(this.place, this.watch, request));
  }

  renew(fence: Fence): Promise<boolean> {
    return renewLease(this.place, fence);
  }

  release(fence: Fence, settled?: Settled): Promise<void> {
    return releaseLease(this.place, fence, settled);
  }

  settle(settled: Settled): Promise<void> {
    return settleFree(this.place, this.watch, settled);
  }

  adopt(storeId: string, fence: Fence): Promise<void> {
    return this.told('cannot be given another store id', () => adoptStoreId(this.place, fence, storeId));
  }

  /** Tells of a failure in words of our own. */
  private told<T>(what: string, work: () => Promise<T>): Promise<T> {
    return retold(work, (error) => storeFailed(this.resource, what, error));
  }
}

function bucketMissing(): AuditStoreError {
  return new AuditStoreError('CouchbaseAuditStore was given a Cluster, and no bucket to keep the audit in', {
    fix: [
      "name it: CouchbaseAuditStore.inject(Cluster, { bucket: 'shop' })",
      "or hand over the collection: new CouchbaseAuditStore(cluster.bucket('shop').collection('audit'))",
    ],
  });
}

function foreignSession(): AuditStoreError {
  return new AuditStoreError(
    'append() was given a session, but no transaction can hold entries of this store',
    {
      fix: ['append without a session'],
    },
  );
}
