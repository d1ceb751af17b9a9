import type { DataSource } from 'typeorm';
import { injectableFrom } from '../../../core/kit/injectable.js';
import type { HistorySource, ImportedRow } from '../../../core/model/history-source.js';
import type { Injected, InjectionTokenOf } from '../../../core/model/injected.js';
import { DEFAULT_DATA_SOURCE } from '../data-source-token.js';
import { lookAtTable, readTable, type Row, type TableToRead } from './read-table.js';

/** Where another tool keeps its history. */
export interface SqlHistoryOptions {
  /** @default the tool's own */
  readonly table?: string;
  /**
   * Schema of the table (MySQL, MariaDB: a database).
   *
   * @default the DataSource's own `schema` on PostgreSQL; otherwise the connection's current one
   */
  readonly schema?: string;
}

/** Makes a history source from a SQL table of another tool. */
export interface SqlHistory<O extends SqlHistoryOptions = SqlHistoryOptions> {
  (dataSource: DataSource, options?: O): HistorySource;
  /**
   * A source whose DataSource comes from Nest's container, for the module's `importHistory`.
   *
   * @param token - the DataSource's token: `getDataSourceToken('name')` for a named connection
   * @default token: the class DataSource, which is the default connection
   */
  inject(token?: InjectionTokenOf<DataSource>, options?: O): Injected<HistorySource, DataSource>;
}

/** Describes another tool's history. */
export interface SqlTool<O extends SqlHistoryOptions> {
  /** The name of the tool, for messages. */
  readonly tool: string;
  /** The names that its table may have; the first that exists is read. */
  readonly tables: (dataSource: DataSource) => readonly string[];
  /** The column by which rows are in the order in which they were written. */
  readonly orderBy: (options: O) => string;
  /** The columns of times. */
  readonly times?: readonly string[];
  readonly rowsOf: (rows: readonly Row[], options: O, dataSource: DataSource) => ImportedRow[];
}

/** Makes the history of a tool from its description. */
export function sqlHistory<O extends SqlHistoryOptions = SqlHistoryOptions>(
  description: SqlTool<O>,
): SqlHistory<O> {
  const { tool, tables, orderBy, times = [], rowsOf } = description;
  const open = (dataSource: DataSource, options: O = {} as O): HistorySource => {
    const names = options.table === undefined ? tables(dataSource) : [options.table];
    const wanted: TableToRead = { tables: names, schema: options.schema, orderBy: orderBy(options), times };
    return {
      name: `${tool}'s table '${names[0]}' (${locationOf(dataSource)})`,
      read: async () => rowsOf(await readTable(dataSource, wanted), options, dataSource),
      look: () => lookAtTable(dataSource, wanted),
    };
  };
  return Object.assign(open, {
    inject: injectableFrom(open, `importHistory from ${tool}`, DEFAULT_DATA_SOURCE),
  });
}

function locationOf({ driver, options }: DataSource): string {
  const database = driver.database ?? options.database;
  return typeof database === 'string' ? `${options.type}, ${database}` : options.type;
}
