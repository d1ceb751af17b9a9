import { NOTHING_YET } from '../../core/kit/base-audit-store.js';
import { EMPTY_CHAIN } from '../../core/kit/hash-chain.js';
import type { HistoryPage } from '../../core/kit/history-pages.js';
import type { AuditSnapshot, AuditSummary, HistoryQuery } from '../../core/model/audit-store.js';
import { AUDIT_COLUMNS, entryOf, INDEX_BY_CHANGE } from './audit-table.js';
import { readRecord, RECORD_COLUMNS } from './lock-table.js';
import { joined, raw, sql, type Sql, type Row } from './sql.js';
import { newerTables } from './store-errors.js';
import type { StoreTables } from './store-tables.js';
import { storedText } from './stored-text.js';

/** The statement for one page of a query. */
export function pageStatement(
  { dialect, audit, namespace }: StoreTables,
  { query, size, behind }: HistoryPage,
): Sql {
  const newestFirst = query.direction === 'newest-first';
  const columns = AUDIT_COLUMNS.map(({ name }) => raw(dialect.quote(name)));
  const conditions = [
    sql`namespace = ${namespace}`,
    ...filters(query, raw(dialect.quote('at'))),
    ...(behind === undefined ? [] : [sql`seq ${raw(newestFirst ? '<' : '>')} ${behind}`]),
  ];
  return sql`SELECT ${joined(columns)} FROM ${audit} WHERE ${joined(conditions, ' AND ')}
    ORDER BY seq ${raw(newestFirst ? 'DESC' : 'ASC')} LIMIT ${raw(String(size))}`;
}

/** Moments are compared as text: in ISO 8601, UTC, milliseconds, both orders are one. */
function filters({ changeId, state, targetSystem, fromSeq, since, until }: HistoryQuery, at: Sql): Sql[] {
  return [
    ...(changeId === undefined ? [] : [sql`change_id = ${storedText(changeId)}`]),
    ...(state === undefined ? [] : [sql`state = ${state}`]),
    ...(targetSystem === undefined ? [] : [sql`target_system = ${storedText(targetSystem)}`]),
    ...(fromSeq === undefined ? [] : [sql`seq >= ${fromSeq}`]),
    ...(since === undefined ? [] : [sql`${at} >= ${since.toISOString()}`]),
    ...(until === undefined ? [] : [sql`${at} < ${until.toISOString()}`]),
  ];
}

/** The statement for the lock row, judged by the database's clock, and the last entry that there is. */
export function summaryStatement(tables: StoreTables): Sql {
  return sql`SELECT ${raw(RECORD_COLUMNS)}, ${LAST_COLUMNS} ${recordAndLast(tables)}`;
}

const LAST_COLUMNS = raw('last_entry.seq AS last_seq, last_entry.hash AS last_hash');

/** One row, whatever there is. */
function recordAndLast({ dialect, lock, audit, namespace }: StoreTables): Sql {
  return sql`FROM (SELECT ${raw(dialect.clock)} AS millis) instant
    LEFT JOIN ${lock} held ON held.namespace = ${namespace}
    LEFT JOIN ${audit} last_entry ON last_entry.namespace = ${namespace}
      AND last_entry.seq = (SELECT MAX(seq) FROM ${audit} WHERE namespace = ${namespace})`;
}

/**
 * One statement for what the summary tells and the latest entry of each change.
 *
 * However long the history is, it reads by index a few entries of each change and never the ones before.
 */
export function snapshotStatement(tables: StoreTables): Sql {
  const { dialect } = tables;
  const columns = AUDIT_COLUMNS.map(({ name }) => raw(`entry.${dialect.quote(name)}`));
  const { ids, entries } = { postgres: lateral, sqlite: correlated, mysql: grouped }[dialect.name](tables);
  return sql`${ids}
    SELECT ${raw(RECORD_COLUMNS)}, ${LAST_COLUMNS}, ${joined(columns)} ${recordAndLast(tables)}
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

/** The row of the summary's statement as values. @throws AuditStoreError when the tables are of a newer version */
export function summaryOf(tables: StoreTables, row: Row | undefined): AuditSummary {
  const record = row && readRecord(row);
  const version = Number(row?.lock_version ?? tables.version);
  if (version > tables.version) throw newerTables(tables, version);
  const { latest: _, ...nothing } = NOTHING_YET;
  const { seq, hash } = EMPTY_CHAIN;
  const last = { seq: Number(row?.last_seq ?? seq), hash: String(row?.last_hash ?? hash) };
  return { ...nothing, ...record, ready: record !== undefined && version === tables.version, last };
}

/** The rows of the snapshot's statement as values. @throws as `summaryOf` */
export function snapshotOf(tables: StoreTables, rows: readonly Row[]): AuditSnapshot {
  const latest = rows.filter(({ seq }) => seq !== null).map(entryOf);
  return { ...summaryOf(tables, rows[0]), latest };
}
