import type { DataSource } from 'typeorm';
import { TargetSystemError } from '../../core/errors.js';
import type { DriverErrors } from './driver-errors.js';
import { MYSQL } from './dialect-mysql.js';
import { POSTGRES } from './dialect-postgres.js';
import { SQLITE } from './dialect-sqlite.js';

/** Types for columns of our own tables. Texts compare by code point: no case folding, no accents folded. */
export interface ColumnTypes {
  /** A name of up to 255 characters that may be part of an index. */
  readonly key: string;
  /** A text of any length. */
  readonly text: string;
  /** A 64-bit integer. */
  readonly integer: string;
  /** A double. */
  readonly number: string;
}

/** What a transaction of our own sees of others: what they have committed, or also what they have not. */
export type Isolation = 'READ COMMITTED' | 'READ UNCOMMITTED';

/** What differs between families of databases, as a plain value. */
export interface Dialect {
  readonly name: 'postgres' | 'mysql' | 'sqlite';
  /** An expression for the database's own clock in milliseconds since 1970 UTC, whatever the session's time zone is. */
  readonly clock: string;
  /** DDL commits the open transaction. */
  readonly commitsImplicitly: boolean;
  /** TypeORM hands the same connection to everybody: use `connectionQueue`. */
  readonly singleConnection: boolean;
  /**
   * The isolation under which a transaction may end with a check of the lock row, which renewals keep changing meanwhile.
   * Stricter levels fail then: PostgreSQL with 40001, MariaDB from 11.6 on with error 1020. Absent where there is one level only.
   */
  readonly isolation?: Isolation;
  readonly types: ColumnTypes;
  /** What CREATE TABLE ends with. */
  readonly tableOptions: string;
  readonly errors: DriverErrors;
  quote(identifier: string): string;
  /** @param position - counted from 1 */
  placeholder(position: number): string;
  /** An INSERT that does nothing when the key is taken. `into` as in `t (a, b)`, `values` as in `(?, ?)`. */
  insertIfMissing(into: string, values: string): string;
  /**
   * A statement that bounds how long a following one waits for a lock, and one that takes the bound back.
   * PostgreSQL: until the end of the transaction that it must stand in; MySQL, MariaDB and SQLite: on the connection, until `undo`.
   */
  lockWait(ms: number): { readonly bound: string; readonly undo?: string };
}

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

/** The quoted name of a table, within `schema` if there is one (MySQL, MariaDB: a database). */
export function tableName(dialect: Dialect, table: string, schema?: string): string {
  return (schema ? [schema, table] : [table]).map((part) => dialect.quote(part)).join('.');
}
