export { TypeOrmAuditStore, type TypeOrmAuditStoreOptions } from './typeorm-audit.store.js';
export { TypeOrmTargetSystem, type TypeOrmTargetSystemOptions } from './typeorm-target.system.js';
