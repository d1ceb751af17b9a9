import { countOf, factsOf, momentOf } from '../../../core/kit/import/history-values.js';
import { sqlHistory, type SqlHistory } from './sql-history.js';

/** The migrations that knex has run, from `knex_migrations`. The name is the file's, as in `20240101_create_users.js`. */
export const knexMigrations: SqlHistory = sqlHistory({
  tool: 'knex',
  tables: () => ['knex_migrations'],
  orderBy: () => 'id',
  times: ['migration_time'],
  rowsOf: (rows) =>
    rows.map(({ name, batch, migration_time }) => ({
      name: String(name),
      state: 'applied',
      at: momentOf(migration_time),
      facts: factsOf({ batch: countOf(batch) }),
    })),
});
