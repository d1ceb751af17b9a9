export type { CouchbaseCollectionOptions } from './connection/collection-of.js';
export { CouchbaseAuditStore, type CouchbaseAuditStoreOptions } from './couchbase.audit-store.js';
export { CouchbaseTargetSystem, type CouchbaseTargetSystemOptions } from './couchbase.target-system.js';
