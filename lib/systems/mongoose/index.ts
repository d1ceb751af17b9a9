export { MongooseAuditStore, type MongooseAuditStoreOptions } from './mongoose.audit-store.js';
export { MongooseTargetSystem, type MongooseTargetSystemOptions } from './mongoose.target-system.js';
export { flamingockJava } from './import/flamingock-java.js';
export { migrateMongoChangelog } from './import/migrate-mongo-changelog.js';
export { mongockChangeLog } from './import/mongock-change-log.js';
export { typeOrmMigrations } from './import/typeorm-migrations.js';
export type { MongoHistory, MongoHistoryOptions, MongoLocation } from './import/mongo-history.js';
