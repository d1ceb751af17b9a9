export { TypeOrmAuditStore, type TypeOrmAuditStoreOptions } from './typeorm-audit.store.js';
export { TypeOrmTargetSystem, type TypeOrmTargetSystemOptions } from './typeorm-target.system.js';
export { flamingockJava } from './import/flamingock-java.js';
export { flywayHistory } from './import/flyway-history.js';
export { knexMigrations } from './import/knex-migrations.js';
export { prismaMigrations } from './import/prisma-migrations.js';
export { sequelizeMeta, type SequelizeMetaOptions } from './import/sequelize-meta.js';
export type { SqlHistory, SqlHistoryOptions } from './import/sql-history.js';
export { typeOrmMigrations } from './import/typeorm-migrations.js';
