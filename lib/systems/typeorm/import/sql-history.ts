import type { DataSource } from 'typeorm';
import type { HistorySource, ImportedRow } from '../../../core/import-source.js';
import type { Injected, InjectionTokenOf } from '../../../core/injected.js';
import { DEFAULT_DATA_SOURCE } from '../data-source-token.js';
import { lookAtTable, readTable, type Row, type TableToRead } from './read-table.js';

/** Where a tool keeps its record. */
export interface SqlHistoryOptions {
  /** @default the tool's own */
  readonly table?: string;
  /**
   * Schema of the table (MySQL, MariaDB: a database).
   *
   * @default the DataSource's own `schema` on PostgreSQL; otherwise where the connection stands
   */
  readonly schema?: string;
}

/** Makes a source of a SQL table that another tool keeps. */
export interface SqlHistory<O extends SqlHistoryOptions = SqlHistoryOptions> {
  (dataSource: DataSource, options?: O): HistorySource;
  /**
   * The source of a DataSource that Nest knows, for the module's `importHistory`.
   *
   * @param token - of the DataSource: `getDataSourceToken('name')` for a named connection
   * @default token: the class DataSource, which is the default connection
   */
  inject(token?: InjectionTokenOf<DataSource>, options?: O): Injected<HistorySource, DataSource>;
}

/** What there is to know about a tool. */
export interface SqlTool<O extends SqlHistoryOptions> {
  /** For people. */
  readonly tool: string;
  /** The names that its table may have; the first that exists counts. */
  readonly tables: (dataSource: DataSource) => readonly string[];
  /** The column that tells the order in which the rows were written. */
  readonly orderBy: (options: O) => string;
  /** The columns that hold moments. */
  readonly times?: readonly string[];
  readonly rowsOf: (rows: readonly Row[], options: O, dataSource: DataSource) => ImportedRow[];
}

/** The source that a tool's description makes. */
export function sqlHistory<O extends SqlHistoryOptions = SqlHistoryOptions>(
  description: SqlTool<O>,
): SqlHistory<O> {
  const { tool, tables, orderBy, times = [], rowsOf } = description;
  const open = (dataSource: DataSource, options: O = {} as O): HistorySource => {
    const names = options.table === undefined ? tables(dataSource) : [options.table];
    const wanted: TableToRead = { tables: names, schema: options.schema, orderBy: orderBy(options), times };
    return {
      name: `${tool}'s table '${names[0]}' (${placeOf(dataSource)})`,
      read: async () => rowsOf(await readTable(dataSource, wanted), options, dataSource),
      look: () => lookAtTable(dataSource, wanted),
    };
  };
  const inject: SqlHistory<O>['inject'] = (token = DEFAULT_DATA_SOURCE, options) => ({
    token,
    label: `importHistory from ${tool}`,
    create: (dataSource) => open(dataSource, options),
  });
  return Object.assign(open, { inject });
}

function placeOf({ driver, options }: DataSource): string {
  const database = driver.database ?? options.database;
  return typeof database === 'string' ? `${options.type}, ${database}` : options.type;
}
