import type { Collection } from 'couchbase';
import { AuditStoreError } from '../../../core/model/errors.js';
import { messageOf } from '../../../core/kit/text.js';
import { pathOf } from '../connection/collection-of.js';
import { isMissingLocation, isNotDurable } from '../connection/couchbase-errors.js';
import { currentVersion } from '../connection/own-documents.js';
import type { StoreLocation } from './store-location.js';

/** A call to Couchbase failed. */
export function storeFailed(collection: Collection, what: string, cause: unknown): AuditStoreError {
  return new AuditStoreError(
    `The audit store in Couchbase collection ${pathOf(collection)} ${what}: ${messageOf(cause)}`,
    { cause, fix: fixesOf(collection, cause) },
  );
}

/** A newer version of this library has brought the head up to date. */
export function newerHead({ documents, keys, upgrades }: StoreLocation, found: number): AuditStoreError {
  return new AuditStoreError(
    `The document '${keys.head}' in Couchbase collection ${pathOf(documents.collection)} has version ${found}; this version of nestjs-flamingock knows version ${currentVersion(upgrades)}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used this audit already'] },
  );
}

/** What a person can do when a call to Couchbase failed. */
export function fixesOf(collection: Collection, cause: unknown): string[] {
  const [bucket, scope, name] = pathOf(collection).split('.');
  if (isMissingLocation(cause))
    return [
      `let somebody who may execute: CREATE COLLECTION \`${bucket}\`.\`${scope}\`.\`${name}\` (its scope first)`,
    ];
  if (isNotDurable(cause))
    return [
      'bring back the nodes that keep the copies of the bucket; for a single node, let the bucket have 0 replicas',
      'or ask for less: durability in the options of CouchbaseAuditStore',
    ];
  return [
    'make Couchbase reachable by the cluster object of the app, then start again',
    `grant its user Data Reader and Data Writer on ${pathOf(collection)}, and make sure that the collection exists`,
  ];
}
