import type { LeaseRequest } from '../../core/audit-store.js';
import { addLockRow, findLockRow, isExpired, takeLease } from './lock-table.js';
import { sql } from './sql.js';
import type { Execute } from './store-connection.js';
import type { StoreTables } from './store-tables.js';
import { inTransaction } from './store-transaction.js';

/** One try for the lease, on a connection of its own. @returns the token, or null when it is another's or its row is locked */
export async function tryLease(
  execute: Execute,
  tables: StoreTables,
  request: LeaseRequest,
): Promise<number | null> {
  const token = await take(execute, tables, request);
  if (token !== null || (await execute(findLockRow(tables))).rows.length > 0) return token;
  await execute(addLockRow(tables));
  return take(execute, tables, request);
}

/** The row may be locked by a stopped process inside its transaction; nobody waits for that. */
async function take(execute: Execute, tables: StoreTables, request: LeaseRequest): Promise<number | null> {
  const { dialect } = tables;
  const taking = { postgres: takeUnlocked, mysql: takeInTransaction, sqlite: takeAtOnce }[dialect.name];
  try {
    return await taking(execute, tables, request);
  } catch (error) {
    if (dialect.errors.isLockTimeout(error)) return null;
    throw error;
  }
}

async function takeAtOnce(
  execute: Execute,
  tables: StoreTables,
  request: LeaseRequest,
): Promise<number | null> {
  const { rows } = await execute(sql`${takeLease(tables, request)} RETURNING token`);
  return rows[0] ? Number(rows[0].token) : null;
}

async function takeUnlocked(
  execute: Execute,
  tables: StoreTables,
  request: LeaseRequest,
): Promise<number | null> {
  const unlocked = sql`SELECT namespace FROM ${tables.lock} WHERE ${isExpired(tables)} FOR UPDATE SKIP LOCKED`;
  const { rows } = await execute(
    sql`${takeLease(tables, request)} AND namespace = (${unlocked}) RETURNING token`,
  );
  return rows[0] ? Number(rows[0].token) : null;
}

/** MySQL has no RETURNING, and an UPDATE cannot skip a locked row. */
function takeInTransaction(
  execute: Execute,
  tables: StoreTables,
  request: LeaseRequest,
): Promise<number | null> {
  return inTransaction(execute, async () => {
    const { rows } = await execute(sql`${findLockRow(tables)} FOR UPDATE NOWAIT`);
    const { written } = await execute(takeLease(tables, request));
    return rows[0] && written === 1 ? Number(rows[0].token) + 1 : null;
  });
}
