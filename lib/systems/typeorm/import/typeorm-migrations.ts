import { countOf, factsOf } from '../../../core/kit/import/history-values.js';
import { sqlHistory, type SqlHistory } from './sql-history.js';

/**
 * The migrations that TypeORM itself has run, from `migrations` or the DataSource's `migrationsTableName`.
 * The name is the class's, as in `CreateUsers1700000000000`. TypeORM does not record when it ran one.
 */
export const typeOrmMigrations: SqlHistory = sqlHistory({
  tool: 'TypeORM',
  tables: ({ options }) => [options.migrationsTableName ?? 'migrations'],
  orderBy: () => 'id',
  rowsOf: (rows) =>
    rows.map(({ name, timestamp }) => ({
      name: String(name),
      state: 'applied',
      at: null,
      facts: factsOf({ timestamp: countOf(timestamp) }),
    })),
});
