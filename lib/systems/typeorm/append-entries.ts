import { type Append, notTheEnd, staleFence } from '../../core/kit/base-audit-store.js';
import { EMPTY_CHAIN } from '../../core/kit/hash-chain.js';
import type { AuditEntry } from '../../core/model/audit-entry.js';
import { AppendRefusedError, type FlamingockError } from '../../core/model/errors.js';
import { AUDIT_COLUMNS, type AuditColumn, columnValue, KEY_LENGTH } from './audit-table.js';
import { findLease, moveHead } from './lock-table.js';
import { joined, raw, sql, type Sql } from './sql.js';
import type { Execute } from './store-connection.js';
import type { StoreTables } from './store-tables.js';

/** SQLite takes no more parts in one statement, and no database more than 65,535 parameters. */
const MOST_ENTRIES = 500;

/**
 * What is wrong with the entries themselves, before the database is asked: MySQL without strict mode would cut a text that is too long.
 *
 * @throws AppendRefusedError
 */
export function checkEntries(entries: readonly AuditEntry[]): void {
  if (entries.length > MOST_ENTRIES)
    throw new AppendRefusedError(
      `${entries.length} audit entries are too many for one call of append; nothing was written`,
      { fix: [`append at most ${MOST_ENTRIES} at once`] },
    );
  for (const entry of entries) checkLengths(entry);
}

function checkLengths(entry: AuditEntry): void {
  for (const column of AUDIT_COLUMNS.filter(({ kind }) => kind === 'key')) {
    const { length } = Array.from(String(columnValue(entry, column)));
    if (length > KEY_LENGTH)
      throw new AppendRefusedError(
        `The ${column.field} of change '${entry.changeId}' has ${length} characters; the audit takes ${KEY_LENGTH}`,
        { fix: [`shorten the ${column.field} of the change`] },
      );
  }
}

/**
 * Moves the head in the lock row, renews the lease and appends the entries: nothing is written unless the fence is the
 * current one and the entries continue the chain.
 *
 * On PostgreSQL it is one statement. Elsewhere they are two, which must stand in one transaction.
 *
 * @throws StaleFenceError, AppendRefusedError, or what the driver says
 */
export async function appendEntries(execute: Execute, tables: StoreTables, append: Append): Promise<void> {
  const moved =
    tables.dialect.name === 'postgres'
      ? await appendAtOnce(execute, tables, append)
      : await appendInSteps(execute, tables, append);
  if (!moved) throw await refusal(execute, tables, append);
}

/** The two statements of an append: the second one counts only where the first has changed a row. */
export function appendStatements(
  tables: StoreTables,
  { entries, fence }: Append,
): { readonly move: Sql; readonly insert: Sql } {
  const last = entries.at(-1) ?? EMPTY_CHAIN;
  const before = (entries[0]?.seq ?? 1) - 1;
  return { move: moveHead(tables, fence, before, last), insert: insertEntries(tables, entries) };
}

/** Why the lock row did not let the entries in. */
export async function refusal(
  execute: Execute,
  tables: StoreTables,
  { entries, fence }: Append,
): Promise<FlamingockError> {
  const { rows } = await execute(findLease(tables, fence));
  return rows.length ? notTheEnd(entries, 'audit table') : staleFence(fence);
}

async function appendAtOnce(execute: Execute, tables: StoreTables, append: Append): Promise<boolean> {
  const { move, insert } = appendStatements(tables, append);
  const { rows } = await execute(sql`WITH moved AS (${move} RETURNING token),
    written AS (${insert} WHERE EXISTS (SELECT 1 FROM moved))
    SELECT COUNT(*) AS moved FROM moved`);
  return Number(rows[0]?.moved) === 1;
}

async function appendInSteps(execute: Execute, tables: StoreTables, append: Append): Promise<boolean> {
  const { move, insert } = appendStatements(tables, append);
  if ((await execute(move)).written !== 1) return false;
  await execute(insert);
  return true;
}

/** All entries in one statement. A seq that is taken is an error of the database. */
function insertEntries(tables: StoreTables, entries: readonly AuditEntry[]): Sql {
  const { audit, dialect } = tables;
  const names = ['namespace', ...AUDIT_COLUMNS.map(({ name }) => name)].map((name) =>
    raw(dialect.quote(name)),
  );
  return sql`INSERT INTO ${audit} (${joined(names)})
    SELECT * FROM (${joined(
      entries.map((entry) => entryRow(tables, entry, names)),
      ' UNION ALL ',
    )}) entries`;
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
