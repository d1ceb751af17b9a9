import { messageOf } from '../../core/error-text.js';
import { AuditStoreError } from '../../core/errors.js';
import { isMongoError } from './mongo-errors.js';
import { STANDALONE_STORE, UNINITIATED, type Unfit } from './standalone.js';
import { AUDIT_INDEXES, type StoreNames } from './store-collections.js';

/** The server cannot be used as it is. */
export function unfitServer(name: string, { problem, fix }: Unfit, cause?: unknown): AuditStoreError {
  return new AuditStoreError(`The audit store ${name} cannot be used: ${problem}`, { cause, fix });
}

/** The collections are missing and may not, or cannot, be created by us. */
export function collectionsMissing(
  name: string,
  names: StoreNames,
  why: string,
  cause?: unknown,
): AuditStoreError {
  return new AuditStoreError(`The collections of the audit store ${name} do not exist and ${why}`, {
    cause,
    fix: [
      `let a database administrator run in mongosh:${commands(names)}`,
      rights(names),
      ...(cause === undefined ? ['or say createTables: true'] : []),
    ],
  });
}

/** The server was asked and did not do it. */
export function storeFailed(name: string, names: StoreNames, what: string, cause: unknown): AuditStoreError {
  if (isMongoError(cause, 'standalone')) return unfitServer(name, STANDALONE_STORE, cause);
  if (isMongoError(cause, 'uninitiated')) return unfitServer(name, UNINITIATED, cause);
  return new AuditStoreError(`The audit store ${name} ${what}: ${messageOf(cause)}`, {
    cause,
    fix: isMongoError(cause, 'unauthorized')
      ? [rights(names)]
      : ['make the MongoDB server reachable, then start again'],
  });
}

/** What creates the collections, for mongosh. */
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

function rights({ auditCollection, lockCollection }: StoreNames): string {
  return (
    `grant the app's user find and insert on ${auditCollection}, and find, insert and update on ${lockCollection}; ` +
    'createCollection and createIndex too if it shall create them'
  );
}
