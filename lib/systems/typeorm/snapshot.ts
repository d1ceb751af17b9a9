import type { AuditSnapshot } from '../../core/audit-store.js';
import { headOf } from '../../core/hash-chain.js';
import { AUDIT_COLUMNS, entryOf, INDEX_BY_CHANGE } from './audit-table.js';
import { holderOf } from './lock-table.js';
import { joined, raw, sql, type Sql } from './sql.js';
import type { Row } from './store-connection.js';
import type { StoreTables } from './store-tables.js';

/**
 * One statement for the latest entry of each change and for who holds the lease by the database's clock.
 *
 * However long the history is, it reads by index a few entries of each change and never the ones before.
 */
export function snapshotStatement(tables: StoreTables): Sql {
  const { dialect, lock, namespace } = tables;
  const columns = AUDIT_COLUMNS.map(({ name }) => raw(`entry.${dialect.quote(name)}`));
  const { ids, entries } = { postgres: lateral, sqlite: correlated, mysql: grouped }[dialect.name](tables);
  return sql`${ids}
    SELECT held.holder AS lock_holder, held.host AS lock_host,
      held.acquired_at AS lock_acquired_at, held.expires_at AS lock_expires_at, ${joined(columns)}
    FROM (SELECT ${raw(dialect.clock)} AS millis) instant
    LEFT JOIN ${lock} held ON held.namespace = ${namespace} AND held.expires_at >= instant.millis
    ${entries}`;
}

/** The ways to the latest entry of each change. */
interface LatestEntries {
  /** What the statement begins with. */
  readonly ids: Sql;
  /** Joins `entry`. */
  readonly entries: Sql;
}

/** Lateral, because PostgreSQL, when it has no statistics yet, would rather join by hashing the whole table. */
function lateral(tables: StoreTables): LatestEntries {
  const { audit, namespace } = tables;
  const entries = sql`LEFT JOIN ids ON ids.change_id IS NOT NULL
    LEFT JOIN LATERAL (
      SELECT * FROM ${audit} a WHERE a.namespace = ${namespace} AND a.change_id = ids.change_id ORDER BY a.seq DESC LIMIT 1
    ) entry ON TRUE`;
  return { ids: idById(tables), entries };
}

function correlated(tables: StoreTables): LatestEntries {
  const { audit, namespace } = tables;
  const entries = sql`LEFT JOIN ids ON ids.change_id IS NOT NULL
    LEFT JOIN ${audit} entry ON entry.namespace = ${namespace} AND entry.seq = (
      SELECT MAX(a.seq) FROM ${audit} a WHERE a.namespace = ${namespace} AND a.change_id = ids.change_id
    )`;
  return { ids: idById(tables), entries };
}

/** MySQL and MariaDB jump through the index by themselves, if the grouping begins as the index does; their recursion ends after 1,000 rows. */
function grouped({ audit, namespace }: StoreTables): LatestEntries {
  const entries = sql`LEFT JOIN (
      SELECT namespace, change_id, MAX(seq) AS seq FROM ${audit} FORCE INDEX (${raw(INDEX_BY_CHANGE)})
      WHERE namespace = ${namespace} GROUP BY namespace, change_id
    ) latest ON 1 = 1
    LEFT JOIN ${audit} entry ON entry.namespace = ${namespace} AND entry.seq = latest.seq`;
  return { ids: raw(''), entries };
}

/** Jumps through the index from one change id to the next; the last one is NULL. */
function idById({ audit, namespace }: StoreTables): Sql {
  return sql`WITH RECURSIVE ids (change_id) AS (
      SELECT MIN(change_id) FROM ${audit} WHERE namespace = ${namespace}
      UNION ALL
      SELECT (SELECT MIN(a.change_id) FROM ${audit} a WHERE a.namespace = ${namespace} AND a.change_id > ids.change_id)
      FROM ids WHERE ids.change_id IS NOT NULL
    )`;
}

/** The rows of the statement as values. */
export function snapshotOf(rows: readonly Row[]): AuditSnapshot {
  const latest = rows.filter(({ seq }) => seq !== null).map(entryOf);
  return {
    ready: true,
    latest,
    head: headOf(latest),
    holder: rows[0] ? holderOf(rows[0]) : null,
  };
}
