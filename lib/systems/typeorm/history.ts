import type { HistoryQuery } from '../../core/audit-store.js';
import type { HistoryPage } from '../../core/history-pages.js';
import { AUDIT_COLUMNS } from './audit-table.js';
import { joined, raw, sql, type Sql } from './sql.js';
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
