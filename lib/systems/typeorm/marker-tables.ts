import { messageOf } from '../../core/error-text.js';
import { TargetSystemError } from '../../core/errors.js';
import { type Dialect, tableName } from './dialect.js';
import { isReadOnly, readOnlyFix } from './read-only.js';

/** How the two tables of a target system are called, and where they are. */
export interface MarkerTableNames {
  readonly schema?: string;
  readonly markerTable: string;
  readonly fenceTable: string;
}

/** The two tables of a target system, ready for use in statements. */
export interface MarkerTables {
  readonly dialect: Dialect;
  /** Quoted. */
  readonly marker: string;
  /** Quoted. */
  readonly fence: string;
  /** What creates them. */
  readonly ddl: readonly string[];
}

export function markerTables(dialect: Dialect, names: MarkerTableNames): MarkerTables {
  const marker = tableName(dialect, names.markerTable, names.schema);
  const fence = tableName(dialect, names.fenceTable, names.schema);
  const { types, tableOptions } = dialect;
  const table = (name: string, columns: readonly string[]): string =>
    `CREATE TABLE IF NOT EXISTS ${name} (${columns.join(', ')}) ${tableOptions}`.trim();
  return {
    dialect,
    marker,
    fence,
    ddl: [
      // The attempt is part of the key: a row that a stopped process has not committed must not lock out the next attempt.
      table(marker, [
        `namespace ${types.key} NOT NULL`,
        `change_id ${types.key} NOT NULL`,
        `attempt INTEGER NOT NULL`,
        `fence ${types.integer} NOT NULL`,
        `kind VARCHAR(16) NOT NULL`,
        // Of an open marker: the session that has written it.
        ...(dialect.commitsImplicitly ? [`session_id ${types.integer}`] : []),
        'PRIMARY KEY (namespace, change_id, attempt)',
      ]),
      table(fence, [
        `namespace ${types.key} NOT NULL`,
        `token ${types.integer} NOT NULL`,
        'PRIMARY KEY (namespace)',
      ]),
    ],
  };
}

/** The error for tables that are missing and may not be created, with what a DBA needs. */
export function missingTables(
  { marker, fence, ddl, dialect }: MarkerTables,
  place: string,
  why: string,
  cause?: unknown,
): TargetSystemError {
  return new TargetSystemError(`The tables ${marker} and ${fence} of ${place} are missing, and ${why}.`, {
    cause,
    fix: [
      ...(isReadOnly(cause) ? readOnlyFix(dialect) : []),
      'have somebody with the right run these statements in that database, then start again:',
      ...ddl.map((statement) => `${statement};`),
      rights({ marker, fence }),
    ],
  });
}

/** The error for tables that this app may not use. MySQL and MariaDB say so even where they do not exist. */
export function deniedTables(tables: MarkerTables, place: string, cause: unknown): TargetSystemError {
  const { marker, fence, ddl } = tables;
  return new TargetSystemError(`The tables ${marker} and ${fence} of ${place} may not be used by this app.`, {
    cause,
    fix: [
      rights(tables),
      'if they do not exist yet, have somebody with the right run these statements in that database:',
      ...ddl.map((statement) => `${statement};`),
    ],
  });
}

/** The error for a database that takes no writes, whatever tables it has. */
export function readOnlyTables(
  { marker, fence, dialect }: MarkerTables,
  place: string,
  cause: unknown,
): TargetSystemError {
  return new TargetSystemError(
    `The tables ${marker} and ${fence} of ${place} cannot be written: the database is read-only: ${messageOf(cause)}`,
    { cause, fix: readOnlyFix(dialect) },
  );
}

function rights({ marker, fence }: Pick<MarkerTables, 'marker' | 'fence'>): string {
  return (
    `grant the app's database user SELECT, INSERT, UPDATE and DELETE on ${marker}, ` +
    `and SELECT, INSERT and UPDATE on ${fence}`
  );
}
