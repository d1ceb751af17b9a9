import { Cluster, type Collection, DurabilityLevel } from 'couchbase';
import { type AuditStorage, BaseAuditStore } from '../../core/kit/base-audit-store.js';
import { injectable } from '../../core/kit/injectable.js';
import { LeaseWatch, watchedLease } from '../../core/kit/watched-lease.js';
import { AuditStoreError } from '../../core/model/errors.js';
import { collectionOf, type CouchbaseCollectionOptions, pathOf } from './connection/collection-of.js';
import { isAnswered } from './connection/couchbase-errors.js';
import { OwnDocuments } from './connection/own-documents.js';
import { appendEntries } from './store/append.js';
import { EntryFiler } from './store/file-entries.js';
import { HEAD_UPGRADES, headsIn, openHead } from './store/head.js';
import { readHistory } from './store/history.js';
import { readSnapshot, readSummary } from './store/read.js';
import { fixesOf, storeFailed } from './store/store-errors.js';
import { documentKeys, type StoreLocation } from './store/store-location.js';

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
export class CouchbaseAuditStore extends BaseAuditStore {
  readonly keepsLatestApart = true;
  readonly resource: Collection;

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
    const keys = documentKeys(keyPrefix, namespace);
    const location = { documents, keys, namespace, upgrades: HEAD_UPGRADES };
    super(`couchbase:${pathOf(collection)}`, namespace, storageIn(location));
    this.resource = collection;
  }

  /** The store of a cluster or collection that Nest knows. @param token - default: the class Cluster */
  static readonly inject = injectable(CouchbaseAuditStore, 'CouchbaseAuditStore', Cluster);
}

function storageIn(location: StoreLocation): AuditStorage {
  const { collection } = location.documents;
  const filer = new EntryFiler(location);
  const watch = new LeaseWatch(() => performance.now());
  const heads = headsIn(location, watch);
  return {
    open: () => openHead(location),
    summary: () => readSummary(location, watch),
    snapshot: () => readSnapshot(location, watch),
    append: (append) => appendEntries(location, heads, filer, append),
    history: (query) => readHistory(location, query),
    ...watchedLease(heads),
    isAnswered,
    fixesOf: (refusal) => fixesOf(collection, refusal),
    failed: (what, cause) => storeFailed(collection, what, cause),
  };
}

function bucketMissing(): AuditStoreError {
  return new AuditStoreError('CouchbaseAuditStore was given a Cluster, and no bucket to keep the audit in', {
    fix: [
      "name it: CouchbaseAuditStore.inject(Cluster, { bucket: 'shop' })",
      "or hand over the collection: new CouchbaseAuditStore(cluster.bucket('shop').collection('audit'))",
    ],
  });
}
