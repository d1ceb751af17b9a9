import type { DataSource, QueryRunner } from 'typeorm';

/** A column that holds moments, and what to select for it. */
export interface TimeColumn {
  readonly column: string;
  readonly sql: string;
}

/** What to select for these columns of a table `t`, where they exist; none on databases whose values are taken as they are. */
export async function timesIn(
  { driver, options }: DataSource,
  runner: QueryRunner,
  path: readonly string[],
  times: readonly string[],
): Promise<readonly TimeColumn[]> {
  if (!times.length) return [];
  // As JSON they are ISO 8601 whatever the session's DateStyle is, and have an offset where the column has one.
  if (options.type === 'postgres')
    return times.map((column) => ({ column, sql: `to_jsonb(t) ->> '${column}'` }));
  if (options.type !== 'mysql' && options.type !== 'mariadb') return [];
  const types = await typesOf(runner, path);
  return times.flatMap((column) => {
    const type = types.get(column.toLowerCase());
    if (type === undefined) return [];
    const name = `t.${driver.escape(column)}`;
    // The server keeps a timestamp as a moment, and a datetime as what some clock showed.
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
