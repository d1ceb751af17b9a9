import { AuditStoreError } from '../../core/model/errors.js';
import { messageOf } from '../../core/kit/text.js';
import { isReadOnly, readOnlyFix } from './read-only.js';
import { textOf } from './sql.js';
import type { StoreTables } from './store-tables.js';

/** The tables are missing and may not, or cannot, be created by us. */
export function tablesMissing(
  name: string,
  tables: StoreTables,
  why: string,
  cause?: unknown,
): AuditStoreError {
  return new AuditStoreError(`The tables of the audit store ${name} do not exist and ${why}`, {
    cause,
    fix: [
      ...(isReadOnly(cause) ? readOnlyFix(tables.dialect) : []),
      `let a database administrator execute:${statements(tables)}`,
      grants(tables),
      ...(cause === undefined ? ['or say createTables: true'] : []),
    ],
  });
}

/** The tables are of an older version, and this app may not change them. */
export function olderTables(name: string, tables: StoreTables, cause: unknown): AuditStoreError {
  const statements = tables.upgrades.flat().map((statement) => `\n${statement};`);
  return new AuditStoreError(
    `The tables of the audit store ${name} are older than this version of nestjs-flamingock, and may not be changed by this app: ${messageOf(cause)}`,
    {
      cause,
      fix: [
        `let a database administrator execute:${statements.join('')}\nUPDATE ${textOf(tables.lock, tables.dialect)} SET tables_version = ${tables.version};`,
      ],
    },
  );
}

/** A newer version of this library has brought the tables up to date. */
export function newerTables({ audit, lock, dialect, version }: StoreTables, found: number): AuditStoreError {
  return new AuditStoreError(
    `The tables ${textOf(audit, dialect)} and ${textOf(lock, dialect)} have version ${found}; this version of nestjs-flamingock knows version ${version}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used these tables already'] },
  );
}

/**
 * The database was asked and did not do it.
 *
 * @param tablesExist - whether that is known
 */
export function storeFailed(
  name: string,
  tables: StoreTables,
  what: string,
  cause: unknown,
  tablesExist = false,
): AuditStoreError {
  const why = isReadOnly(cause) ? 'the database is read-only: ' : '';
  return new AuditStoreError(`The audit store ${name} ${what}: ${why}${messageOf(cause)}`, {
    cause,
    fix: fixOf(tables, cause, tablesExist),
  });
}

function fixOf(tables: StoreTables, cause: unknown, tablesExist: boolean): string[] {
  if (isReadOnly(cause)) return readOnlyFix(tables.dialect);
  if (!tables.dialect.errors.isMissingRight(cause)) return ['make the database reachable, then start again'];
  if (tablesExist) return [grants(tables)];
  return [
    grants(tables),
    `if the tables do not exist yet, let a database administrator execute:${statements(tables)}`,
  ];
}

function statements({ ddl }: StoreTables): string {
  return ddl.map((statement) => `\n${statement};`).join('');
}

function grants({ audit, lock, dialect }: StoreTables): string {
  return (
    `grant the app's database user SELECT and INSERT on ${textOf(audit, dialect)}, ` +
    `and SELECT, INSERT and UPDATE on ${textOf(lock, dialect)}`
  );
}
