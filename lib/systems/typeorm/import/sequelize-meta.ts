import { momentOf } from '../../../core/import-values.js';
import { sqlHistory, type SqlHistory, type SqlHistoryOptions } from './sql-history.js';

/** Where umzug's Sequelize storage keeps its record. */
export interface SequelizeMetaOptions extends SqlHistoryOptions {
  /**
   * The column with the names: the storage's `columnName`.
   *
   * @default 'name'
   */
  readonly column?: string;
}

const columnOf = ({ column = 'name' }: SequelizeMetaOptions): string => column;

/**
 * The migrations that umzug, or sequelize-cli, has run: `SequelizeMeta`. A name is that of the file.
 * Its table has no order but that of the names, and a time only when the storage was made with `timestamps: true`.
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
