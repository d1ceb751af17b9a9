import type { DataSource } from 'typeorm';
import { TargetSystemError } from '../../core/model/errors.js';
import { MYSQL } from './dialect-mysql.js';
import { POSTGRES } from './dialect-postgres.js';
import { SQLITE } from './dialect-sqlite.js';
import type { Dialect } from './dialect.js';

const DIALECTS: Readonly<Record<string, Dialect>> = {
  postgres: POSTGRES,
  mysql: MYSQL,
  mariadb: MYSQL,
  'better-sqlite3': SQLITE,
};

/** @throws TargetSystemError when TypeORM's driver is none of the supported ones */
export function dialectOf(dataSource: DataSource): Dialect {
  const { type } = dataSource.options;
  const dialect = Object.hasOwn(DIALECTS, type) ? DIALECTS[type] : undefined;
  if (dialect) return dialect;
  throw new TargetSystemError(`TypeORM's driver '${type}' is not supported`, {
    fix: [`use a DataSource of one of these types: ${Object.keys(DIALECTS).join(', ')}`],
  });
}
