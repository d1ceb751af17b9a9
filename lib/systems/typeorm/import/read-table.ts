import type { DataSource, MongoEntityManager, QueryRunner } from 'typeorm';
import type { RecordPresence } from '../../../core/model/history-source.js';
import { unlogged } from '../unlogged.js';

/** Statements that list the tables of a schema: the first parameter, or the connection's current one. */
const LISTS: Readonly<Record<string, string>> = {
  // Tables of extensions do not count.
  postgres: `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = COALESCE($1, current_schema()) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`,
  mysql: `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = COALESCE(?, DATABASE())`,
  sqlite: `SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
};

const SCHEMAS: Readonly<Record<string, string>> = {
  postgres: 'SELECT 1 AS one FROM pg_namespace WHERE nspname = $1',
  mysql: 'SELECT 1 AS one FROM information_schema.schemata WHERE schema_name = ?',
};

/**
 * True when the schema has no tables but Flamingock's, as in a new database. False when the schema does not exist, and when that
 * cannot be found out.
 */
async function isNewLocation(
  { options: { type } }: DataSource,
  runner: QueryRunner,
  schema: string | undefined,
): Promise<boolean> {
  const family =
    type === 'mariadb' ? 'mysql' : type === 'better-sqlite3' || type === 'sqljs' ? 'sqlite' : type;
  const list = LISTS[family];
  if (list === undefined) return false;
  const exists = SCHEMAS[family];
  if (schema && exists && !(await runner.query(exists, [schema])).length) return false;
  const rows: readonly { readonly name: string }[] = await runner.query(
    list,
    family === 'sqlite' ? [] : [schema ?? null],
  );
  return rows.every(({ name }) => name.toLowerCase().startsWith('flamingock_'));
}

/** True for a DataSource of MongoDB, for which TypeORM keeps migrations, too. */
function isMongo({ options }: DataSource): boolean {
  return options.type === 'mongodb';
}

/** Reads all documents of the first of these collections, in the order in which they were written. */
async function readCollection(
  dataSource: DataSource,
  [collection]: readonly string[],
): Promise<readonly Row[]> {
  if (collection === undefined) return [];
  return runnerOf(dataSource).cursor(collection, {}).sort({ _id: 1 }).toArray();
}

/** As `isNewLocation`, for MongoDB. Empty collections do not count, because Mongoose and TypeORM create those of their models at once. */
async function lookAtCollection(
  dataSource: DataSource,
  [collection]: readonly string[],
): Promise<RecordPresence> {
  const runner = runnerOf(dataSource);
  const database = runner.databaseConnection.db(dataSource.driver.database);
  const names = (await database.listCollections().toArray()).map(({ name }) => name);
  if (names.some((name) => name === collection)) return 'kept';
  for (const name of names.filter((one) => !/^(?:flamingock_|system\.)/.test(one)))
    if (await database.collection(name).findOne()) return 'missing';
  return 'new-place';
}

/** The connection's own runner, which is never released. */
function runnerOf({ mongoManager }: DataSource): MongoEntityManager['mongoQueryRunner'] {
  return mongoManager.mongoQueryRunner;
}

/** A column of times, and the expression that reads it. */
export interface TimeColumn {
  readonly column: string;
  readonly sql: string;
}

/** The expressions for those of these columns that exist in a table `t`. None on databases whose values are read unchanged. */
async function timesIn(
  { driver, options }: DataSource,
  runner: QueryRunner,
  path: readonly string[],
  times: readonly string[],
): Promise<readonly TimeColumn[]> {
  if (!times.length) return [];
  // In JSON, times are ISO 8601 with any DateStyle of the session, and have an offset when the column has one.
  if (options.type === 'postgres')
    return times.map((column) => ({ column, sql: `to_jsonb(t) ->> '${column}'` }));
  if (options.type !== 'mysql' && options.type !== 'mariadb') return [];
  const types = await typesOf(runner, path);
  return times.flatMap((column) => {
    const type = types.get(column.toLowerCase());
    if (type === undefined) return [];
    const name = `t.${driver.escape(column)}`;
    // A timestamp is a moment, which the server knows; a datetime is a local time without a zone.
    const moment = `CAST(ROUND(UNIX_TIMESTAMP(${name}) * 1000) AS CHAR)`;
    return [{ column, sql: type === 'timestamp' ? moment : `CAST(${name} AS CHAR)` }];
  });
}

async function typesOf(runner: QueryRunner, path: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows: readonly { readonly name: string; readonly type: string }[] = await runner.query(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ?`,
    [path.length > 1 ? path[0] : null, path.at(-1)],
  );
  return new Map(rows.map(({ name, type }) => [name.toLowerCase(), type.toLowerCase()]));
}

/** A row as the driver returns it. */
export type Row = Readonly<Record<string, unknown>>;

/** Which table to read, and how. */
export interface TableToRead {
  /** The first of these tables that exists is read. */
  readonly tables: readonly string[];
  readonly schema: string | undefined;
  /** The column that rows are ordered by. */
  readonly orderBy: string;
  /**
   * Columns of times; some may be missing. They are read as milliseconds when the server knows the moment, otherwise as stored text: a
   * driver would make a Date of them, with the time zone of this process.
   */
  readonly times: readonly string[];
}

/**
 * Reads all rows of the first of these tables that exists, in the order of a column; none when no table exists.
 *
 * It quotes names and finds tables with TypeORM, not with this library's dialects, so that it works on every database of TypeORM.
 */
export async function readTable(dataSource: DataSource, wanted: TableToRead): Promise<readonly Row[]> {
  if (isMongo(dataSource)) return readCollection(dataSource, wanted.tables);
  return withRunner(dataSource, async (runner) => {
    const path = await findTable(dataSource, runner, wanted);
    return path ? readAll(dataSource, runner, path, wanted) : [];
  });
}

/** Tells whether one of these tables exists, and otherwise whether the database is new. */
export async function lookAtTable(dataSource: DataSource, wanted: TableToRead): Promise<RecordPresence> {
  if (isMongo(dataSource)) return lookAtCollection(dataSource, wanted.tables);
  return withRunner(dataSource, async (runner) => {
    if (await findTable(dataSource, runner, wanted)) return 'kept';
    return (await isNewLocation(dataSource, runner, schemaOf(dataSource, wanted))) ? 'new-place' : 'missing';
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
