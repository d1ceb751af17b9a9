import { addLockRow, findLockRow } from './lock-table.js';
import { raw, sql } from './sql.js';
import type { Execute } from './store-connection.js';
import type { StoreTables } from './store-tables.js';

/** True when an error tells that a table, or the schema for it, does not exist. */
export function isMissing({ dialect: { errors } }: StoreTables, error: unknown): boolean {
  return errors.isMissingTable(error) || errors.isMissingSchema(error);
}

/** True when both tables exist. Reads none of their rows. */
export async function tablesExist(execute: Execute, tables: StoreTables): Promise<boolean> {
  try {
    await execute(sql`SELECT 1 FROM ${tables.audit}, ${tables.lock} WHERE 1 = 0`);
    return true;
  } catch (error) {
    if (isMissing(tables, error)) return false;
    throw error;
  }
}

/** Creates the tables. Where replicas race, IF NOT EXISTS is not enough: the slower ones may be told that the table is there already. */
export async function createTables(execute: Execute, { dialect, ddl }: StoreTables): Promise<void> {
  for (const statement of ddl) {
    try {
      await execute(raw(statement));
    } catch (error) {
      if (!dialect.errors.isDuplicate(error)) throw error;
    }
  }
}

/** Makes sure that the namespace has its lock row. */
export async function ensureLockRow(execute: Execute, tables: StoreTables): Promise<void> {
  const { rows } = await execute(findLockRow(tables));
  if (rows.length === 0) await execute(addLockRow(tables));
}
