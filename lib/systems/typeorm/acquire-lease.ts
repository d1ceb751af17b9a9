import { randomBytes } from 'node:crypto';
import type { Acquisition, LeaseRequest } from '../../core/model/audit-store.js';
import { addLockRow, findLockRow, isExpired, leaseUpdate } from './lock-table.js';
import { sql, type Row } from './sql.js';
import type { Execute } from './store-connection.js';
import type { StoreTables } from './store-tables.js';
import { inTransaction } from './store-transaction.js';

/** One try for the lease, on a connection of its own. @returns null when it is another's or its row is locked */
export async function acquireLease(
  execute: Execute,
  tables: StoreTables,
  request: LeaseRequest,
): Promise<Acquisition | null> {
  const taken = await take(execute, tables, request);
  if (taken || (await execute(findLockRow(tables))).rows.length > 0) return taken;
  await execute(addLockRow(tables, randomBytes(16).toString('hex')));
  return take(execute, tables, request);
}

/** The row may be locked by a stopped process inside its transaction; nobody waits for that. */
async function take(
  execute: Execute,
  tables: StoreTables,
  request: LeaseRequest,
): Promise<Acquisition | null> {
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
): Promise<Acquisition | null> {
  const { rows } = await execute(sql`${leaseUpdate(tables, request)} RETURNING token, store_id`);
  return rows[0] ? acquisitionOf(rows[0]) : null;
}

async function takeUnlocked(
  execute: Execute,
  tables: StoreTables,
  request: LeaseRequest,
): Promise<Acquisition | null> {
  const unlocked = sql`SELECT namespace FROM ${tables.lock} WHERE ${isExpired(tables)} FOR UPDATE SKIP LOCKED`;
  const { rows } = await execute(
    sql`${leaseUpdate(tables, request)} AND namespace = (${unlocked}) RETURNING token, store_id`,
  );
  return rows[0] ? acquisitionOf(rows[0]) : null;
}

/** MySQL has no RETURNING, and an UPDATE cannot skip a locked row. */
function takeInTransaction(
  execute: Execute,
  tables: StoreTables,
  request: LeaseRequest,
): Promise<Acquisition | null> {
  return inTransaction(execute, async () => {
    const { rows } = await execute(sql`${findLockRow(tables)} FOR UPDATE NOWAIT`);
    const { written } = await execute(leaseUpdate(tables, request));
    if (!rows[0] || written !== 1) return null;
    const { token, storeId } = acquisitionOf(rows[0]);
    return { token: token + 1, storeId };
  });
}

function acquisitionOf({ token, store_id }: Row): Acquisition {
  return { token: Number(token), storeId: String(store_id) };
}
