import type { DataSource, QueryRunner } from 'typeorm';
import { unlogged } from '../unlogged.js';

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * All rows of the first of these tables that exists, in the order of a column; none when none of them exists.
 *
 * TypeORM's own words for names and tables, not those of our dialects: what is only read may be on any of its databases.
 */
export async function readTable(
  dataSource: DataSource,
  tables: readonly string[],
  schema: string | undefined,
  orderBy: string,
): Promise<readonly Row[]> {
  const runner = unlogged(dataSource, dataSource.createQueryRunner());
  try {
    for (const table of tables) {
      const path = pathOf(dataSource, table, schema);
      if (await runner.hasTable(path.join('.'))) return await readAll(dataSource, runner, path, orderBy);
    }
    return [];
  } finally {
    await runner.release();
  }
}

async function readAll(
  { driver }: DataSource,
  runner: QueryRunner,
  path: readonly string[],
  orderBy: string,
): Promise<Row[]> {
  const [table, column] = [path.map((part) => driver.escape(part)).join('.'), driver.escape(orderBy)];
  return (await runner.query(`SELECT * FROM ${table} ORDER BY ${column}`)) as Row[];
}

function pathOf({ options }: DataSource, table: string, schema: string | undefined): string[] {
  const within = schema ?? (options.type === 'postgres' ? options.schema : undefined);
  return within ? [within, table] : [table];
}
