import type { DriverErrors } from './driver-errors.js';

/** Column types of this library's tables. Texts compare by code point: case and accents count. */
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

/** What a transaction of this library sees of other transactions: only what they have committed, or everything. */
export type Isolation = 'READ COMMITTED' | 'READ UNCOMMITTED';

/** How families of databases differ, as a plain value. */
export interface Dialect {
  readonly name: 'postgres' | 'mysql' | 'sqlite';
  /** An expression for the database's own clock in milliseconds since 1970 UTC, whatever the session's time zone is. */
  readonly clock: string;
  /** True when DDL commits the open transaction. */
  readonly commitsImplicitly: boolean;
  /** True when TypeORM gives the same connection to everybody: use `connectionQueue`. */
  readonly singleConnection: boolean;
  /**
   * The isolation under which a transaction may end with a check of the lock row, which renewals keep changing meanwhile.
   * Stricter levels fail then: PostgreSQL with 40001, MariaDB from 11.6 on with error 1020. Undefined when the database has one level only.
   */
  readonly isolation?: Isolation;
  readonly types: ColumnTypes;
  /** The end of a CREATE TABLE statement. */
  readonly tableOptions: string;
  readonly errors: DriverErrors;
  quote(identifier: string): string;
  /** @param position - counted from 1 */
  placeholder(position: number): string;
  /** An INSERT that does nothing when the key is taken. `into` as in `t (a, b)`, `values` as in `(?, ?)`. */
  insertIfMissing(into: string, values: string): string;
  /**
   * `bound` is a statement that limits how long later ones wait for a lock; `undo` removes the limit. On PostgreSQL the limit ends with the
   * transaction, in which `bound` must be sent; on MySQL, MariaDB and SQLite it stays on the connection until `undo`.
   */
  lockWait(ms: number): { readonly bound: string; readonly undo?: string };
}

/** The quoted name of a table, in `schema` if it is given (MySQL, MariaDB: a database). */
export function tableName(dialect: Dialect, table: string, schema?: string): string {
  return (schema ? [schema, table] : [table]).map((part) => dialect.quote(part)).join('.');
}
