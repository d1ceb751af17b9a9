import { randomBytes } from 'node:crypto';
import { messageOf } from '../../core/kit/text.js';
import { addLockRow, findLockRow } from './lock-table.js';
import { raw, sql } from './sql.js';
import type { Execute } from './store-connection.js';
import { olderTables, tablesMissing } from './store-errors.js';
import type { StoreTables } from './store-tables.js';
import { upgradeFrom } from './upgrade-tables.js';

/** True when an error tells that a table, or the schema for it, does not exist. */
export function isMissing({ dialect: { errors } }: StoreTables, error: unknown): boolean {
  return errors.isMissingTable(error) || errors.isMissingSchema(error);
}

/** Whose tables they are. */
export interface TablesOwner {
  /** For people. */
  readonly name: string;
  readonly mayCreate: boolean;
}

/** Creates the tables where they are missing, and brings older ones up to date. @throws AuditStoreError with the statements for whoever may */
export async function openTables(execute: Execute, tables: StoreTables, owner: TablesOwner): Promise<void> {
  const { name, mayCreate } = owner;
  if (await tablesExist(execute, tables))
    return upgradeTables(execute, tables).catch((error: unknown) => {
      throw tables.dialect.errors.isMissingRight(error) ? olderTables(name, tables, error) : error;
    });
  if (!mayCreate) throw tablesMissing(name, tables, 'createTables is false');
  try {
    await createTables(execute, tables);
  } catch (error) {
    throw tablesMissing(name, tables, `cannot be created: ${messageOf(error)}`, error);
  }
}

/** True when both tables exist. Reads none of their rows. */
async function tablesExist(execute: Execute, tables: StoreTables): Promise<boolean> {
  try {
    await execute(sql`SELECT 1 FROM ${tables.audit}, ${tables.lock} WHERE 1 = 0`);
    return true;
  } catch (error) {
    if (isMissing(tables, error)) return false;
    throw error;
  }
}

/** Creates the tables. Where replicas race, IF NOT EXISTS is not enough: the slower ones may be told that the table is there already. */
async function createTables(execute: Execute, { dialect, ddl }: StoreTables): Promise<void> {
  for (const statement of ddl) {
    try {
      await execute(raw(statement));
    } catch (error) {
      if (!dialect.errors.isDuplicate(error)) throw error;
    }
  }
}

/** Brings tables of an older version up to date. */
export async function upgradeTables(execute: Execute, tables: StoreTables): Promise<void> {
  const { lock, version } = tables;
  const found = (await execute(sql`SELECT MIN(tables_version) AS version FROM ${lock}`)).rows[0]?.version;
  await upgradeFrom(
    Number(found ?? version),
    tables,
    (statement) => execute(raw(statement)),
    (at) => execute(sql`UPDATE ${lock} SET tables_version = ${at + 1} WHERE tables_version = ${at}`),
  );
}

/** Makes sure that the namespace has its lock row. */
export async function ensureLockRow(execute: Execute, tables: StoreTables): Promise<void> {
  const { rows } = await execute(findLockRow(tables));
  if (rows.length === 0) await execute(addLockRow(tables, randomBytes(16).toString('hex')));
}
