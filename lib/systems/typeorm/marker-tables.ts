import { TargetSystemError } from '../../core/model/errors.js';
import { messageOf } from '../../core/kit/text.js';
import { type Dialect, tableName } from './dialect.js';
import { STORE_ID_TYPE } from './store-tables.js';
import { isReadOnly, readOnlyFix } from './read-only.js';
import { upgradeFrom } from './upgrade-tables.js';

/** The names of a target system's two tables, and their schema. */
export interface MarkerTableNames {
  readonly schema?: string;
  readonly markerTable: string;
  readonly fenceTable: string;
}

/** The two tables of a target system, for use in statements. */
export interface MarkerTables {
  readonly dialect: Dialect;
  /** The quoted name of the markers' table. */
  readonly marker: string;
  /** The quoted name of the fences' table. */
  readonly fence: string;
  /** The statements that create them. */
  readonly ddl: readonly string[];
  /** The first list upgrades from version 1 to 2, the second from 2 to 3, and so on. Each statement may run twice without harm. */
  readonly upgrades: readonly (readonly string[])[];
  /** The version of the tables that `ddl` creates. */
  readonly version: number;
}

/** Empty: the tables have not changed since 1.0. */
const UPGRADES: MarkerTables['upgrades'] = [];

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
    upgrades: UPGRADES,
    version: UPGRADES.length + 1,
    ddl: [
      // The attempt is part of the key: the uncommitted row of a stopped process must not block the next attempt.
      table(marker, [
        `store_id ${STORE_ID_TYPE} NOT NULL`,
        `namespace ${types.key} NOT NULL`,
        `change_id ${types.key} NOT NULL`,
        `attempt INTEGER NOT NULL`,
        `fence ${types.integer} NOT NULL`,
        `kind VARCHAR(16) NOT NULL`,
        // The session that wrote an open marker.
        ...(dialect.commitsImplicitly ? [`session_id ${types.integer}`] : []),
        'PRIMARY KEY (store_id, namespace, change_id, attempt)',
      ]),
      table(fence, [
        `store_id ${STORE_ID_TYPE} NOT NULL`,
        `namespace ${types.key} NOT NULL`,
        `tables_version ${types.integer} NOT NULL`,
        `token ${types.integer} NOT NULL`,
        `witness_seq ${types.integer}`,
        `witness_hash ${types.key}`,
        'PRIMARY KEY (store_id, namespace)',
      ]),
    ],
  };
}

/**
 * Upgrades tables of an older version.
 *
 * @returns the highest version in any fence row; the current version when there is no row
 */
export async function upgradeMarkerTables(
  runner: { query(statement: string): Promise<unknown> },
  tables: MarkerTables,
): Promise<number> {
  const { fence, version } = tables;
  const rows = (await runner.query(
    `SELECT MIN(tables_version) AS lowest, MAX(tables_version) AS highest FROM ${fence}`,
  )) as readonly { readonly lowest: number | null; readonly highest: number | null }[];
  const [{ lowest, highest } = { lowest: null, highest: null }] = rows;
  await upgradeFrom(
    Number(lowest ?? version),
    tables,
    (statement) => runner.query(statement),
    (at) => runner.query(`UPDATE ${fence} SET tables_version = ${at + 1} WHERE tables_version = ${at}`),
  );
  return Number(highest ?? version);
}

/** Says that the tables are missing and may not be created, with the statements for a database administrator. */
export function missingTables(
  { marker, fence, ddl, dialect }: MarkerTables,
  location: string,
  why: string,
  cause?: unknown,
): TargetSystemError {
  return new TargetSystemError(`The tables ${marker} and ${fence} of ${location} are missing, and ${why}.`, {
    cause,
    fix: [
      ...(isReadOnly(cause) ? readOnlyFix(dialect) : []),
      'have somebody with the right run these statements in that database, then start again:',
      ...ddl.map((statement) => `${statement};`),
      rights({ marker, fence }),
    ],
  });
}

/** Says that a newer version of this library has upgraded the tables. */
export function newerMarkerTables(
  { marker, fence, version }: MarkerTables,
  location: string,
  found: number,
): TargetSystemError {
  return new TargetSystemError(
    `The tables ${marker} and ${fence} of ${location} have version ${found}; this version of nestjs-flamingock knows version ${version}.`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used these tables already'] },
  );
}

/** Says that this app may not use the tables. MySQL and MariaDB report that also for missing tables. */
export function deniedTables(tables: MarkerTables, location: string, cause: unknown): TargetSystemError {
  const { marker, fence, ddl } = tables;
  return new TargetSystemError(
    `The tables ${marker} and ${fence} of ${location} may not be used by this app.`,
    {
      cause,
      fix: [
        rights(tables),
        'if they do not exist yet, have somebody with the right run these statements in that database:',
        ...ddl.map((statement) => `${statement};`),
      ],
    },
  );
}

/** Says that the database is read-only. */
export function readOnlyTables(
  { marker, fence, dialect }: MarkerTables,
  location: string,
  cause: unknown,
): TargetSystemError {
  return new TargetSystemError(
    `The tables ${marker} and ${fence} of ${location} cannot be written: the database is read-only: ${messageOf(cause)}`,
    { cause, fix: readOnlyFix(dialect) },
  );
}

function rights({ marker, fence }: Pick<MarkerTables, 'marker' | 'fence'>): string {
  return (
    `grant the app's database user SELECT, INSERT, UPDATE and DELETE on ${marker}, ` +
    `and SELECT, INSERT, UPDATE and, for adoptTargets(), DELETE on ${fence}`
  );
}
