import type { AuditEntry } from '../../core/audit-entry.js';
import type { HistoryQuery } from '../../core/audit-store.js';
import { AUDIT_COLUMNS, entryOf } from './audit-table.js';
import { joined, raw, sql, type Sql } from './sql.js';
import type { Row } from './store-connection.js';
import type { StoreTables } from './store-tables.js';
import { storedText } from './stored-text.js';

/** How many entries are read at once. */
const PAGE = 200;

/**
 * The entries that a query asks for, page by page. Each page begins behind the last seq of the one before,
 * so no connection is kept between them and entries that are appended meanwhile do no harm.
 *
 * @param read - gives the rows of one statement
 */
export async function* readHistory(
  tables: StoreTables,
  query: HistoryQuery,
  read: (statement: Sql) => Promise<readonly Row[]>,
): AsyncGenerator<AuditEntry> {
  let left = query.limit ?? Infinity;
  for (let last: AuditEntry | undefined; left > 0;) {
    const size = Math.min(left, PAGE);
    const page = (await read(pageStatement(tables, query, size, last?.seq))).map(entryOf);
    yield* page;
    if (page.length < size) return;
    last = page.at(-1);
    left -= page.length;
  }
}

function pageStatement(
  { dialect, audit, namespace }: StoreTables,
  query: HistoryQuery,
  size: number,
  lastSeq: number | undefined,
): Sql {
  const newestFirst = query.direction === 'newest-first';
  const columns = AUDIT_COLUMNS.map(({ name }) => raw(dialect.quote(name)));
  const conditions = [
    sql`namespace = ${namespace}`,
    ...filters(query, raw(dialect.quote('at'))),
    ...(lastSeq === undefined ? [] : [sql`seq ${raw(newestFirst ? '<' : '>')} ${lastSeq}`]),
  ];
  return sql`SELECT ${joined(columns)} FROM ${audit} WHERE ${joined(conditions, ' AND ')}
    ORDER BY seq ${raw(newestFirst ? 'DESC' : 'ASC')} LIMIT ${raw(String(size))}`;
}

/** Moments are compared as text: in ISO 8601, UTC, milliseconds, both orders are one. */
function filters({ changeId, state, targetSystem, since, until }: HistoryQuery, at: Sql): Sql[] {
  return [
    ...(changeId === undefined ? [] : [sql`change_id = ${storedText(changeId)}`]),
    ...(state === undefined ? [] : [sql`state = ${state}`]),
    ...(targetSystem === undefined ? [] : [sql`target_system = ${storedText(targetSystem)}`]),
    ...(since === undefined ? [] : [sql`${at} >= ${since.toISOString()}`]),
    ...(until === undefined ? [] : [sql`${at} < ${until.toISOString()}`]),
  ];
}
