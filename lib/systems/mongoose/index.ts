export { MongooseAuditStore, type MongooseAuditStoreOptions } from './mongoose-audit.store.js';
