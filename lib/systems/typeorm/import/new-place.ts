import type { DataSource, QueryRunner } from 'typeorm';

/** What lists the tables of the schema in the first parameter; without one, of where the connection stands. */
const LISTS: Readonly<Record<string, string>> = {
  // What an extension has brought along is nobody's data.
  postgres: `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = COALESCE($1, current_schema()) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`,
  mysql: `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = COALESCE(?, DATABASE())`,
  sqlite: `SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
};

const SCHEMAS: Readonly<Record<string, string>> = {
  postgres: 'SELECT 1 AS one FROM pg_namespace WHERE nspname = $1',
  mysql: 'SELECT 1 AS one FROM information_schema.schemata WHERE schema_name = ?',
};

/**
 * True when there is nothing in the place but tables of our own, as in a new database. False for a schema that does not
 * exist, and where that cannot be told.
 */
export async function isNewPlace(
  { options: { type } }: DataSource,
  runner: QueryRunner,
  schema: string | undefined,
): Promise<boolean> {
  const family =
    type === 'mariadb' ? 'mysql' : type === 'better-sqlite3' || type === 'sqljs' ? 'sqlite' : type;
  const list = LISTS[family];
  if (list === undefined) return false;
  const exists = SCHEMAS[family];
  if (schema && exists && !(await runner.query(exists, [schema])).length) return false;
  const rows: readonly { readonly name: string }[] = await runner.query(
    list,
    family === 'sqlite' ? [] : [schema ?? null],
  );
  return rows.every(({ name }) => name.toLowerCase().startsWith('flamingock_'));
}
