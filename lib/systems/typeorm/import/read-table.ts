import type { DataSource, QueryRunner } from 'typeorm';
import type { RecordPresence } from '../../../core/import-source.js';
import { unlogged } from '../unlogged.js';
import { isMongo, lookAtCollection, readCollection } from './read-collection.js';
import { isNewPlace } from './new-place.js';
import { timesIn } from './times-in.js';

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** Which table to read, and how. */
export interface TableToRead {
  /** The first of these that exists counts. */
  readonly tables: readonly string[];
  readonly schema: string | undefined;
  /** The column that tells the order. */
  readonly orderBy: string;
  /**
   * Columns that hold moments; some may be missing. They are read as texts, as they are stored, since a driver makes them
   * a Date by the time zone of this process; or in milliseconds, where the server knows the moment.
   */
  readonly times: readonly string[];
}

/**
 * All rows of the first of these tables that exists, in the order of a column; none when none of them exists.
 *
 * TypeORM's own words for names and tables, not those of our dialects: what is only read may be on any of its databases.
 */
export async function readTable(dataSource: DataSource, wanted: TableToRead): Promise<readonly Row[]> {
  if (isMongo(dataSource)) return readCollection(dataSource, wanted.tables);
  return withRunner(dataSource, async (runner) => {
    const path = await findTable(dataSource, runner, wanted);
    return path ? readAll(dataSource, runner, path, wanted) : [];
  });
}

/** Whether one of these tables exists, or anything else. */
export async function lookAtTable(dataSource: DataSource, wanted: TableToRead): Promise<RecordPresence> {
  if (isMongo(dataSource)) return lookAtCollection(dataSource, wanted.tables);
  return withRunner(dataSource, async (runner) => {
    if (await findTable(dataSource, runner, wanted)) return 'kept';
    return (await isNewPlace(dataSource, runner, schemaOf(dataSource, wanted))) ? 'new-place' : 'missing';
  });
}

async function withRunner<T>(dataSource: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = unlogged(dataSource, dataSource.createQueryRunner());
  try {
    return await work(runner);
  } finally {
    await runner.release();
  }
}

async function findTable(
  dataSource: DataSource,
  runner: QueryRunner,
  wanted: TableToRead,
): Promise<readonly string[] | undefined> {
  const schema = schemaOf(dataSource, wanted);
  for (const table of wanted.tables) {
    const path = schema ? [schema, table] : [table];
    if (await runner.hasTable(path.join('.'))) return path;
  }
  return undefined;
}

async function readAll(
  dataSource: DataSource,
  runner: QueryRunner,
  path: readonly string[],
  { orderBy, times }: TableToRead,
): Promise<Row[]> {
  const { driver } = dataSource;
  const table = path.map((part) => driver.escape(part)).join('.');
  const found = await timesIn(dataSource, runner, path, times);
  const columns = ['t.*', ...found.map(({ sql }, index) => `${sql} AS ${driver.escape(aliasOf(index))}`)];
  const rows: readonly Row[] = await runner.query(
    `SELECT ${columns.join(', ')} FROM ${table} t ORDER BY t.${driver.escape(orderBy)}`,
  );
  return rows.map((row) => {
    const read = found.map(({ column }, index): [string, unknown] => [column, row[aliasOf(index)]]);
    const own = Object.entries(row).filter(([column]) => !column.startsWith(ALIAS));
    return Object.fromEntries([...own, ...read]);
  });
}

const ALIAS = 'flamingock_time_';

function aliasOf(index: number): string {
  return `${ALIAS}${index}`;
}

function schemaOf({ options }: DataSource, { schema }: TableToRead): string | undefined {
  return schema ?? (options.type === 'postgres' ? options.schema : undefined);
}
