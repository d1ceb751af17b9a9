import { EMPTY_CHAIN } from '../../core/kit/hash-chain.js';
import { readText } from '../../core/kit/stored-text.js';
import type { ChainHead } from '../../core/model/audit-entry.js';
import type { AuditSummary, Fence, LeaseRequest, LockHolder, Settled } from '../../core/model/audit-store.js';
import { raw, Sql, sql, textOf, type Row } from './sql.js';
import { LOCK_COLUMNS, type StoreTables } from './store-tables.js';
import { storedText } from './stored-text.js';

/** The columns of a lock row as `readRecord` wants them; `held` is the lock table, `instant.millis` the database's clock. */
export const RECORD_COLUMNS = `held.tables_version AS lock_version, held.store_id AS lock_store_id, held.token AS lock_token,
    held.holder AS lock_holder, held.host AS lock_host, held.acquired_at AS lock_acquired_at, held.expires_at AS lock_expires_at,
    CASE WHEN held.expires_at >= instant.millis THEN 1 ELSE 0 END AS lock_is_held,
    held.head_seq AS lock_head_seq, held.head_hash AS lock_head_hash,
    held.settled_seq AS lock_settled_seq, held.settled_digests AS lock_settled_digests`;

/** Gives a row if the namespace has a lock row. */
export function findLockRow({ lock, namespace }: StoreTables): Sql {
  return sql`SELECT token, store_id FROM ${lock} WHERE namespace = ${namespace}`;
}

/** Adds the namespace's lock row, expired since ever; does nothing when it came into being meanwhile. */
export function addLockRow({ dialect, lock, namespace, version }: StoreTables, storeId: string): Sql {
  const slot = '\u0000';
  const values = [namespace, version, storeId, 0, '', '', 0, 0, 0, EMPTY_CHAIN.hash, 0, ''];
  const names = ['namespace', ...LOCK_COLUMNS(dialect.types).map(([name]) => name)];
  const into = `${textOf(lock, dialect)} (${names.join(', ')})`;
  const slots = `(${values.map(() => slot).join(', ')})`;
  return new Sql(dialect.insertIfMissing(into, slots).split(slot), values);
}

/** Takes the lease if it has run out, by the database's clock: one changed row. */
export function leaseUpdate(tables: StoreTables, { holder, host, leaseMs }: LeaseRequest): Sql {
  const clock = raw(tables.dialect.clock);
  return sql`UPDATE ${tables.lock} SET token = token + 1, holder = ${storedText(holder)}, host = ${storedText(host)},
    acquired_at = ${clock}, expires_at = ${clock} + ${Math.ceil(leaseMs)} WHERE ${isExpired(tables)}`;
}

/** Makes the lease last from now on, if it is that of the fence: one changed row. */
export function renewLease(tables: StoreTables, fence: Fence): Sql {
  return sql`UPDATE ${tables.lock} SET ${laterExpiry(tables, fence)} WHERE ${isOf(tables, fence)}`;
}

/** Moves the head behind the entries that follow `before`, and renews the lease: one changed row if fence and head are the current ones. */
export function moveHead(tables: StoreTables, fence: Fence, before: number, { seq, hash }: ChainHead): Sql {
  return sql`UPDATE ${tables.lock} SET head_seq = ${seq}, head_hash = ${hash}, ${laterExpiry(tables, fence)}
    WHERE ${isOf(tables, fence)} AND head_seq = ${before}`;
}

/** MySQL may be set to count changed rows, not found ones: within one millisecond nothing would have changed. */
function laterExpiry({ dialect }: StoreTables, { leaseMs }: Fence): Sql {
  const until = sql`${raw(dialect.clock)} + ${Math.ceil(leaseMs)}`;
  return sql`expires_at = CASE WHEN expires_at = ${until} THEN ${until} + 1 ELSE ${until} END`;
}

/** Makes the lease expired and nobody's, if it is that of the fence. The token stays. */
export function releaseLease(tables: StoreTables, fence: Fence, settled?: Settled): Sql {
  const found = settled ? sql`, ${asSettled(settled)}` : raw('');
  return sql`UPDATE ${tables.lock} SET holder = '', expires_at = 0${found} WHERE ${isOf(tables, fence)}`;
}

/** Records what is settled, if the chain still ends there and nobody holds the lease. */
export function settleFree(tables: StoreTables, settled: Settled): Sql {
  return sql`UPDATE ${tables.lock} SET ${asSettled(settled)} WHERE ${isExpired(tables)} AND head_seq = ${settled.seq}`;
}

function asSettled({ seq, digests }: Settled): Sql {
  return sql`settled_seq = ${seq}, settled_digests = ${digests.join(' ')}`;
}

/** Gives the namespace another store id, if the lease is that of the fence: one changed row. */
export function changeStoreId(tables: StoreTables, storeId: string, fence: Fence): Sql {
  return sql`UPDATE ${tables.lock} SET store_id = ${storeId}, ${laterExpiry(tables, fence)} WHERE ${isOf(tables, fence)}`;
}

/** Gives a row if the lease is that of the fence. */
export function findLease(tables: StoreTables, fence: Fence): Sql {
  return sql`SELECT token FROM ${tables.lock} WHERE ${isOf(tables, fence)}`;
}

/** The condition that the lock row is that of the fence. Time does not count: a lease that nobody took is still good. */
function isOf({ namespace }: StoreTables, { token, holder }: Fence): Sql {
  return sql`namespace = ${namespace} AND token = ${token} AND holder = ${storedText(holder)}`;
}

/** The condition that the lease has run out. */
export function isExpired({ dialect, namespace }: StoreTables): Sql {
  return sql`namespace = ${namespace} AND expires_at < ${raw(dialect.clock)}`;
}

/** What a row with the `RECORD_COLUMNS` says; undefined where the namespace has no lock row. */
export function readRecord(row: Row): Omit<AuditSummary, 'ready' | 'last'> | undefined {
  if (row.lock_token === null || row.lock_token === undefined) return undefined;
  const digests = String(row.lock_settled_digests);
  return {
    storeId: String(row.lock_store_id),
    token: Number(row.lock_token),
    head: { seq: Number(row.lock_head_seq), hash: String(row.lock_head_hash) },
    settled: { seq: Number(row.lock_settled_seq), digests: digests ? digests.split(' ') : [] },
    holder: Number(row.lock_is_held) === 1 ? holderOf(row) : null,
  };
}

function holderOf(row: Row): LockHolder {
  return {
    holder: readText(String(row.lock_holder)),
    host: readText(String(row.lock_host)),
    since: new Date(Number(row.lock_acquired_at)).toISOString(),
    until: new Date(Number(row.lock_expires_at)).toISOString(),
    liveness: 'alive',
  };
}
