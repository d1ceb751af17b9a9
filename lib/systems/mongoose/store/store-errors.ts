import { AuditStoreError } from '../../../core/model/errors.js';
import { messageOf } from '../../../core/kit/text.js';
import { isMongoError, isNotPrimary } from '../connection/mongo-errors.js';
import { STANDALONE_STORE, type Unfit, UNINITIATED } from '../connection/standalone.js';
import { AUDIT_INDEXES, type StoreCollections, type StoreNames } from './store-collections.js';

/** The server cannot be used as it is. */
export function unfitServer(name: string, { problem, fix }: Unfit, cause?: unknown): AuditStoreError {
  return new AuditStoreError(`The audit store ${name} cannot be used: ${problem}`, { cause, fix });
}

/** The collections are missing, and this app cannot or may not create them. */
export function collectionsMissing(
  name: string,
  names: StoreNames,
  why: string,
  cause?: unknown,
): AuditStoreError {
  return new AuditStoreError(`The collections of the audit store ${name} do not exist and ${why}`, {
    cause,
    fix: [
      ...(isNotPrimary(cause) ? READ_ONLY_FIX : []),
      `let a database administrator run in mongosh:${commands(names)}`,
      rights(names),
      ...(cause === undefined ? ['or say createTables: true'] : []),
    ],
  });
}

/** A newer version of this library has brought the collections up to date. */
export function newerCollections({ audit, lock, version }: StoreCollections, found: number): AuditStoreError {
  return new AuditStoreError(
    `The collections ${audit.collectionName} and ${lock.collectionName} have version ${found}; this version of nestjs-flamingock knows version ${version}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used these collections already'] },
  );
}

/**
 * A call to the server failed.
 *
 * @param exist - whether it is known that the collections exist
 */
export function storeFailed(
  name: string,
  names: StoreNames,
  what: string,
  cause: unknown,
  exist = false,
): AuditStoreError {
  if (isMongoError(cause, 'standalone')) return unfitServer(name, STANDALONE_STORE, cause);
  if (isMongoError(cause, 'uninitiated')) return unfitServer(name, UNINITIATED, cause);
  return new AuditStoreError(`The audit store ${name} ${what}: ${messageOf(cause)}`, {
    cause,
    fix: fixOf(names, cause, exist),
  });
}

function fixOf(names: StoreNames, cause: unknown, exist: boolean): string[] {
  if (isNotPrimary(cause)) return [...READ_ONLY_FIX];
  if (!isMongoError(cause, 'unauthorized')) return ['make the MongoDB server reachable, then start again'];
  return exist ? [rightsToUse(names), ONLY_LOOK] : [rights(names)];
}

/** A fix for an app that cannot or may not write. */
export const ONLY_LOOK =
  "or only look, without a lock and without a write: onBootstrap: 'check', or FLAMINGOCK_ON_BOOTSTRAP=check";

/** Fixes for a server that takes no writes. */
export const READ_ONLY_FIX: readonly string[] = [
  "this server is a secondary, and takes no writes: name the replica set in the connection's URI (?replicaSet=…, without directConnection), so that the driver finds the primary",
  ONLY_LOOK,
];

/** The commands of mongosh that create the collections. */
export function commands({ auditCollection, lockCollection }: StoreNames): string {
  const collection = (name: string): string => `db.getCollection(${JSON.stringify(name)})`;
  return [
    `db.createCollection(${JSON.stringify(auditCollection)})`,
    `db.createCollection(${JSON.stringify(lockCollection)})`,
    ...AUDIT_INDEXES.map(
      ({ key, name, unique }) =>
        `${collection(auditCollection)}.createIndex(${JSON.stringify(key)}, ${JSON.stringify({ name, unique })})`,
    ),
  ]
    .map((line) => `\n${line}`)
    .join('');
}

function rights(names: StoreNames): string {
  return `${rightsToUse(names)}; createCollection and createIndex too if it shall create them`;
}

function rightsToUse({ auditCollection, lockCollection }: StoreNames): string {
  return `grant the app's user find and insert on ${auditCollection}, and find, insert and update on ${lockCollection}`;
}
