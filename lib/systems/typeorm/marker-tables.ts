import { messageOf } from '../../core/error-text.js';
import type { QueryRunner } from 'typeorm';
import { TargetSystemError } from '../../core/errors.js';
import { type Dialect, tableName } from './dialect.js';
import { STORE_ID_TYPE } from './lock-table.js';
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
  /** What brings tables of version 1, 2, … to the version behind it. Each statement does no harm when it is done twice. */
  readonly upgrades: readonly (readonly string[])[];
  /** That of the tables which `ddl` creates. */
  readonly version: number;
}

/** None yet: the tables have been as they are since 1.0. */
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
      // The attempt is part of the key: a row that a stopped process has not committed must not lock out the next attempt.
      table(marker, [
        `store_id ${STORE_ID_TYPE} NOT NULL`,
        `namespace ${types.key} NOT NULL`,
        `change_id ${types.key} NOT NULL`,
        `attempt INTEGER NOT NULL`,
        `fence ${types.integer} NOT NULL`,
        `kind VARCHAR(16) NOT NULL`,
        // Of an open marker: the session that has written it.
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
 * Brings tables of an older version up to date. Replicas may race: what one has done already is an error of the database
 * that says so, or no error at all.
 *
 * @returns the highest version that a fence row tells of; the current one where there is none
 */
export async function upgradeMarkerTables(
  runner: Pick<QueryRunner, 'query'>,
  { dialect, fence, upgrades, version }: MarkerTables,
): Promise<number> {
  const rows = (await runner.query(
    `SELECT MIN(tables_version) AS lowest, MAX(tables_version) AS highest FROM ${fence}`,
  )) as readonly { readonly lowest: number | null; readonly highest: number | null }[];
  for (let at = Number(rows[0]?.lowest ?? version); at < version; at++) {
    for (const statement of upgrades[at - 1] ?? [])
      await runner.query(statement).catch((error: unknown) => {
        if (!dialect.errors.isDuplicate(error)) throw error;
      });
    await runner.query(`UPDATE ${fence} SET tables_version = ${at + 1} WHERE tables_version = ${at}`);
  }
  return Number(rows[0]?.highest ?? version);
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

/** The error for tables that a newer version of this library has brought up to date. */
export function newerMarkerTables(
  { marker, fence, version }: MarkerTables,
  place: string,
  found: number,
): TargetSystemError {
  return new TargetSystemError(
    `The tables ${marker} and ${fence} of ${place} have version ${found}; this version of nestjs-flamingock knows version ${version}.`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used these tables already'] },
  );
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
    `and SELECT, INSERT, UPDATE and, for adoptTargets(), DELETE on ${fence}`
  );
}
