import type { Fence, LeaseRequest, LockHolder } from '../../core/audit-store.js';
import { readText } from '../../core/stored-text.js';
import type { Dialect } from './dialect.js';
import { raw, Sql, sql, textOf } from './sql.js';
import type { Row } from './store-connection.js';
import type { StoreTables } from './store-tables.js';
import { storedText } from './stored-text.js';

/** The statement that creates the lock table. All times are milliseconds since 1970 by the database's own clock. */
export function lockTableDdl({ types, tableOptions }: Dialect, table: string): string {
  const lines = [
    `namespace ${types.key} NOT NULL PRIMARY KEY`,
    `token ${types.integer} NOT NULL`,
    `holder ${types.key} NOT NULL`,
    `host ${types.text} NOT NULL`,
    `acquired_at ${types.integer} NOT NULL`,
    `expires_at ${types.integer} NOT NULL`,
  ];
  return `CREATE TABLE IF NOT EXISTS ${table} (\n  ${lines.join(',\n  ')}\n) ${tableOptions}`.trimEnd();
}

/** Gives a row if the namespace has a lock row. */
export function findLockRow({ lock, namespace }: StoreTables): Sql {
  return sql`SELECT token FROM ${lock} WHERE namespace = ${namespace}`;
}

/** Adds the namespace's lock row, expired since ever; does nothing when it came into being meanwhile. */
export function addLockRow({ dialect, lock, namespace }: StoreTables): Sql {
  const slot = '\u0000';
  const into = `${textOf(lock, dialect)} (namespace, token, holder, host, acquired_at, expires_at)`;
  return new Sql(dialect.insertIfMissing(into, `(${slot}, 0, '', '', 0, 0)`).split(slot), [namespace]);
}

/** Takes the lease if it has run out, by the database's clock: one changed row. */
export function takeLease(tables: StoreTables, { holder, host, leaseMs }: LeaseRequest): Sql {
  const clock = raw(tables.dialect.clock);
  return sql`UPDATE ${tables.lock} SET token = token + 1, holder = ${storedText(holder)}, host = ${storedText(host)},
    acquired_at = ${clock}, expires_at = ${clock} + ${Math.ceil(leaseMs)} WHERE ${isExpired(tables)}`;
}

/** Makes the lease last from now on, if it is that of the fence: one changed row. */
export function renewLease(tables: StoreTables, fence: Fence): Sql {
  const until = sql`${raw(tables.dialect.clock)} + ${Math.ceil(fence.leaseMs)}`;
  // MySQL may be set to count changed rows, not found ones: within one millisecond nothing would have changed.
  return sql`UPDATE ${tables.lock} SET expires_at = CASE WHEN expires_at = ${until} THEN ${until} + 1 ELSE ${until} END
    WHERE ${isOf(tables, fence)}`;
}

/** Makes the lease expired and nobody's, if it is that of the fence. The token stays. */
export function releaseLease(tables: StoreTables, fence: Fence): Sql {
  return sql`UPDATE ${tables.lock} SET holder = '', expires_at = 0 WHERE ${isOf(tables, fence)}`;
}

/** Gives a row if the lease is that of the fence. */
export function findLease(tables: StoreTables, fence: Fence): Sql {
  return sql`SELECT token FROM ${tables.lock} WHERE ${isOf(tables, fence)}`;
}

/** The condition that the lock row is that of the fence. Time does not count: a lease that nobody took is still good. */
export function isOf({ namespace }: StoreTables, { token, holder }: Fence): Sql {
  return sql`namespace = ${namespace} AND token = ${token} AND holder = ${storedText(holder)}`;
}

/** The condition that the lease has run out. */
export function isExpired({ dialect, namespace }: StoreTables): Sql {
  return sql`namespace = ${namespace} AND expires_at < ${raw(dialect.clock)}`;
}

/** Who holds the lease, of a row with the columns of the lock table under `lock_…`; null when there is nobody. */
export function holderOf(row: Row): LockHolder | null {
  if (row.lock_holder === null || row.lock_holder === undefined) return null;
  return {
    holder: readText(String(row.lock_holder)),
    host: readText(String(row.lock_host)),
    since: new Date(Number(row.lock_acquired_at)).toISOString(),
    until: new Date(Number(row.lock_expires_at)).toISOString(),
  };
}
