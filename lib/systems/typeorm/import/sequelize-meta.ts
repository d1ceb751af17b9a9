import { momentOf } from '../../../core/kit/import/history-values.js';
import { sqlHistory, type SqlHistory, type SqlHistoryOptions } from './sql-history.js';

/** Where umzug's Sequelize storage keeps its history. */
export interface SequelizeMetaOptions extends SqlHistoryOptions {
  /**
   * The column of the names: the storage's `columnName`.
   *
   * @default 'name'
   */
  readonly column?: string;
}

const columnOf = ({ column = 'name' }: SequelizeMetaOptions): string => column;

/**
 * The migrations that umzug, or sequelize-cli, has run, from `SequelizeMeta`. The name is the file's.
 * The table has no order but that of the names, and times only when the storage was created with `timestamps: true`.
 */
export const sequelizeMeta: SqlHistory<SequelizeMetaOptions> = sqlHistory<SequelizeMetaOptions>({
  tool: 'umzug',
  tables: () => ['SequelizeMeta'],
  orderBy: columnOf,
  times: ['createdAt'],
  rowsOf: (rows, options) =>
    rows.map((row) => ({
      name: String(row[columnOf(options)]),
      state: 'applied',
      at: momentOf(row['createdAt']),
    })),
});
