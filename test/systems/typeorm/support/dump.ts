import type { DataSource } from 'typeorm';
import type { DatabaseKind } from '../../../support/databases.js';

/** What a database is made of, each read by one statement. */
const PARTS: Readonly<Record<DatabaseKind, readonly string[]>> = {
  postgres: [
    `SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
      WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`,
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef",
    `SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace ORDER BY conname`,
    `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname`,
    "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1",
    `SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
      WHERE datname = current_database() AND locktype = 'advisory'`,
  ],
  mariadb: [
    `SELECT table_name, column_name, column_type, is_nullable, column_default FROM information_schema.columns
      WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`,
    `SELECT table_name, index_name, column_name FROM information_schema.statistics
      WHERE table_schema = DATABASE() ORDER BY 1, 2, 3`,
    'SELECT table_name, auto_increment, engine FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
    'SELECT @@GLOBAL.max_connections AS setting',
  ],
  sqlite: [
    'SELECT type, name, sql FROM sqlite_master ORDER BY name',
    'PRAGMA user_version',
    'PRAGMA foreign_keys',
  ],
};

const TABLES: Readonly<Record<DatabaseKind, string>> = {
  postgres: "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  mariadb:
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1",
};

/** Schema and rows of a database; the same value for the same state. */
export async function dump(kind: DatabaseKind, dataSource: DataSource): Promise<unknown> {
  const parts: unknown[] = [];
  for (const statement of PARTS[kind]) parts.push(await dataSource.query(statement));
  for (const { name } of await dataSource.query<{ name: string }[]>(TABLES[kind]))
    parts.push([name, await dataSource.query(`SELECT * FROM ${name} ORDER BY 1`)]);
  return parts;
}
