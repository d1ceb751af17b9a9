import type { DataSource } from 'typeorm';
import { auditTableDdl } from './audit-table.js';
import { dialectOf } from './dialect-of.js';
import { tableName, type Dialect } from './dialect.js';
import { raw, type Sql } from './sql.js';
import { storedText } from './stored-text.js';

/** Where a store keeps its tables. */
export interface TableNames {
  readonly schema?: string;
  readonly auditTable: string;
  readonly lockTable: string;
}

/** What the statements of a store are made of: the database's dialect, its tables by name, and the namespace as it is stored. */
export interface StoreTables {
  readonly dialect: Dialect;
  readonly audit: Sql;
  readonly lock: Sql;
  readonly namespace: string;
  /** The statements that create the tables. */
  readonly ddl: readonly string[];
  /** What brings tables of version 1, 2, … to the version behind it. Each statement does no harm when it is done twice. */
  readonly upgrades: readonly (readonly string[])[];
  /** That of the tables which `ddl` creates. */
  readonly version: number;
}

/** None yet: the tables have been as they are since 1.0. */
const UPGRADES: StoreTables['upgrades'] = [];

/** The columns of the lock table behind `namespace`: how a new row begins, and their types. */
export const LOCK_COLUMNS = (types: Dialect['types']) =>
  [
    ['tables_version', types.integer],
    ['store_id', STORE_ID_TYPE],
    ['token', types.integer],
    ['holder', types.key],
    ['host', types.text],
    ['acquired_at', types.integer],
    ['expires_at', types.integer],
    ['head_seq', types.integer],
    ['head_hash', types.key],
    ['settled_seq', types.integer],
    ['settled_digests', types.text],
  ] as const;

/** A store id is 32 hexadecimal digits. */
export const STORE_ID_TYPE = 'VARCHAR(32)';

/** The statement that creates the lock table. All times are milliseconds since 1970 by the database's own clock. */
function lockTableDdl({ types, tableOptions }: Dialect, table: string): string {
  const lines = [
    `namespace ${types.key} NOT NULL PRIMARY KEY`,
    ...LOCK_COLUMNS(types).map(([name, type]) => `${name} ${type} NOT NULL`),
  ];
  return `CREATE TABLE IF NOT EXISTS ${table} (\n  ${lines.join(',\n  ')}\n) ${tableOptions}`.trimEnd();
}

/** The tables of one namespace. Without a schema: that of the DataSource, where it has one. */
export function storeTables(dataSource: DataSource, namespace: string, names: TableNames): StoreTables {
  const dialect = dialectOf(dataSource);
  const { options } = dataSource;
  const schema = names.schema ?? (options.type === 'postgres' ? options.schema : undefined);
  const audit = tableName(dialect, names.auditTable, schema);
  const lock = tableName(dialect, names.lockTable, schema);
  return {
    dialect,
    audit: raw(audit),
    lock: raw(lock),
    namespace: storedText(namespace),
    ddl: [auditTableDdl(dialect, audit), lockTableDdl(dialect, lock)],
    upgrades: UPGRADES,
    version: UPGRADES.length + 1,
  };
}
