import type { AuditSnapshot } from '../../core/audit-store.js';
import { EMPTY_CHAIN } from '../../core/hash-chain.js';
import { AUDIT_COLUMNS, entryOf } from './audit-table.js';
import { holderOf } from './lock-table.js';
import { joined, raw, sql, type Sql } from './sql.js';
import type { Row } from './store-connection.js';
import type { StoreTables } from './store-tables.js';

/** What there is to read where the tables do not exist. */
export const NOTHING_YET: AuditSnapshot = { ready: false, latest: [], head: EMPTY_CHAIN, holder: null };

/**
 * One statement for the latest entry of each change and for who holds the lease by the database's clock.
 *
 * However long the history is, it reads by index a few entries of each change: PostgreSQL and SQLite jump from one change id
 * to the next; MySQL and MariaDB do the same for a GROUP BY, while their recursion stops after 1,000 rows.
 */
export function snapshotStatement(tables: StoreTables): Sql {
  const { dialect, audit, lock, namespace } = tables;
  const ends = dialect.name === 'mysql' ? groupedEnds(tables) : raw('SELECT change_id, seq FROM ends');
  const columns = AUDIT_COLUMNS.map(({ name }) => raw(`entry.${dialect.quote(name)}`));
  return sql`${dialect.name === 'mysql' ? raw('') : recursiveEnds(tables)}
    SELECT held.holder AS lock_holder, held.host AS lock_host,
      held.acquired_at AS lock_acquired_at, held.expires_at AS lock_expires_at, ${joined(columns)}
    FROM (SELECT ${raw(dialect.clock)} AS millis) instant
    LEFT JOIN ${lock} held ON held.namespace = ${namespace} AND held.expires_at >= instant.millis
    LEFT JOIN (${ends}) latest ON latest.seq IS NOT NULL
    LEFT JOIN ${audit} entry ON entry.namespace = ${namespace} AND entry.seq = latest.seq`;
}

function groupedEnds({ audit, namespace }: StoreTables): Sql {
  return sql`SELECT change_id, MAX(seq) AS seq FROM ${audit} WHERE namespace = ${namespace} GROUP BY change_id`;
}

function recursiveEnds({ audit, namespace }: StoreTables): Sql {
  return sql`WITH RECURSIVE ids (change_id) AS (
      SELECT MIN(change_id) FROM ${audit} WHERE namespace = ${namespace}
      UNION ALL
      SELECT (SELECT MIN(a.change_id) FROM ${audit} a WHERE a.namespace = ${namespace} AND a.change_id > ids.change_id)
      FROM ids WHERE ids.change_id IS NOT NULL
    ), ends (change_id, seq) AS (
      SELECT ids.change_id,
        (SELECT MAX(a.seq) FROM ${audit} a WHERE a.namespace = ${namespace} AND a.change_id = ids.change_id)
      FROM ids WHERE ids.change_id IS NOT NULL
    )`;
}

/** The rows of the statement as values. */
export function snapshotOf(rows: readonly Row[]): AuditSnapshot {
  const latest = rows.filter(({ seq }) => seq !== null).map(entryOf);
  // The last entry of the chain is the latest one of its own change.
  const last = latest.reduce<(typeof latest)[number] | undefined>(
    (a, b) => (a && a.seq > b.seq ? a : b),
    undefined,
  );
  return {
    ready: true,
    latest,
    head: last ? { seq: last.seq, hash: last.hash } : EMPTY_CHAIN,
    holder: rows[0] ? holderOf(rows[0]) : null,
  };
}
