export { MongooseAuditStore, type MongooseAuditStoreOptions } from './mongoose-audit.store.js';
export { MongooseTargetSystem, type MongooseTargetSystemOptions } from './mongoose-target.system.js';
