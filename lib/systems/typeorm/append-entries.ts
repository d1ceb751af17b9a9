import { type Append, notTheEnd, staleFence } from '../../core/append-refusals.js';
import type { AuditEntry } from '../../core/audit-entry.js';
import { AUDIT_COLUMNS, columnValue, type AuditColumn } from './audit-table.js';
import { isOf, renewLease } from './lock-table.js';
import { joined, raw, sql, type Sql } from './sql.js';
import type { Execute } from './store-connection.js';
import type { StoreTables } from './store-tables.js';

/**
 * Renews the lease and appends the entries: nothing of the entries is written unless the fence is the current one and they continue the chain.
 *
 * On PostgreSQL it is one statement. Elsewhere they are two, in one transaction on MySQL; on SQLite, where the second one
 * checks the fence itself, they need none, so that no statement of the app can get between BEGIN and COMMIT.
 *
 * @throws StaleFenceError, AppendRefusedError, or what the driver says
 */
export async function appendEntries(execute: Execute, tables: StoreTables, append: Append): Promise<void> {
  const done =
    tables.dialect.name === 'postgres'
      ? await appendAtOnce(execute, tables, append)
      : await appendInSteps(execute, tables, append);
  if (!done.fenced) throw staleFence(append.fence);
  if (done.written !== append.entries.length) throw notTheEnd(append.entries, 'audit table');
}

interface Done {
  readonly fenced: boolean;
  readonly written: number;
}

async function appendAtOnce(
  execute: Execute,
  tables: StoreTables,
  { entries, fence }: Append,
): Promise<Done> {
  const { rows } = await execute(sql`WITH fence AS (${renewLease(tables, fence)} RETURNING token),
    written AS (${insertBehindHead(tables, entries, sql`EXISTS (SELECT 1 FROM fence)`)} RETURNING seq)
    SELECT (SELECT COUNT(*) FROM fence) AS fenced, (SELECT COUNT(*) FROM written) AS written`);
  return { fenced: Number(rows[0]?.fenced) === 1, written: Number(rows[0]?.written) };
}

async function appendInSteps(
  execute: Execute,
  tables: StoreTables,
  { entries, fence }: Append,
): Promise<Done> {
  const isFenced = async (): Promise<boolean> => (await execute(renewLease(tables, fence))).written === 1;
  if (!(await isFenced())) return { fenced: false, written: 0 };
  const current = sql`EXISTS (SELECT 1 FROM ${tables.lock} WHERE ${isOf(tables, fence)})`;
  const { written } = await execute(insertBehindHead(tables, entries, current));
  return { fenced: written > 0 || (await isFenced()), written };
}

/** All entries in one statement, if they begin right behind the last one of the namespace and `condition` holds. */
function insertBehindHead(tables: StoreTables, entries: readonly AuditEntry[], condition: Sql): Sql {
  const { audit, namespace, dialect } = tables;
  const names = ['namespace', ...AUDIT_COLUMNS.map(({ name }) => name)].map((name) =>
    raw(dialect.quote(name)),
  );
  const head = sql`SELECT COALESCE(MAX(seq), 0) FROM ${audit} WHERE namespace = ${namespace}`;
  return sql`INSERT INTO ${audit} (${joined(names)})
    SELECT * FROM (${joined(
      entries.map((entry) => entryRow(tables, entry, names)),
      ' UNION ALL ',
    )}) entries
    WHERE (${head}) = ${(entries[0]?.seq ?? 0) - 1} AND ${condition}`;
}

function entryRow({ dialect, namespace }: StoreTables, entry: AuditEntry, names: readonly Sql[]): Sql {
  // PostgreSQL takes a bare parameter for a text.
  const typed = (value: unknown, kind: AuditColumn['kind']): Sql =>
    dialect.name === 'postgres' && kind !== 'key'
      ? sql`CAST(${value} AS ${raw(dialect.types[kind])})`
      : sql`${value}`;
  const values = [
    typed(namespace, 'key'),
    ...AUDIT_COLUMNS.map((column) => typed(columnValue(entry, column), column.kind)),
  ];
  return sql`SELECT ${joined(values.map((value, index) => sql`${value} AS ${names[index]}`))}`;
}
