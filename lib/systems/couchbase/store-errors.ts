import type { Collection } from 'couchbase';
import { refusedByServer } from '../../core/append-refusals.js';
import type { AuditEntry } from '../../core/audit-entry.js';
import { messageOf } from '../../core/error-text.js';
import { type AppendRefusedError, AuditStoreError } from '../../core/errors.js';
import { pathOf } from './collection-of.js';
import { isMissingPlace, isNotDurable } from './couchbase-errors.js';
import { currentVersion } from './document-version.js';
import type { StorePlace } from './store-place.js';

/** Couchbase was asked and did not do it. */
export function storeFailed(collection: Collection, what: string, cause: unknown): AuditStoreError {
  return new AuditStoreError(
    `The audit store in Couchbase collection ${pathOf(collection)} ${what}: ${messageOf(cause)}`,
    { cause, fix: fixesOf(collection, cause) },
  );
}

/** A newer version of this library has brought the head up to date. */
export function newerHead({ documents, keys, upgrades }: StorePlace, found: number): AuditStoreError {
  return new AuditStoreError(
    `The document '${keys.head}' in Couchbase collection ${pathOf(documents.collection)} has version ${found}; this version of nestjs-flamingock knows version ${currentVersion(upgrades)}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used this audit already'] },
  );
}

/** Couchbase answered that it will not write. */
export function appendRefused(
  collection: Collection,
  entries: readonly AuditEntry[],
  cause: unknown,
): AppendRefusedError {
  return refusedByServer('Couchbase refused audit entry', entries, cause, fixesOf(collection, cause));
}

function fixesOf(collection: Collection, cause: unknown): string[] {
  const [bucket, scope, name] = pathOf(collection).split('.');
  if (isMissingPlace(cause))
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
