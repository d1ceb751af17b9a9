import { countOf, factsOf, latestOf, momentOf } from '../../../core/kit/import/history-values.js';
import type { ImportedRow } from '../../../core/model/history-source.js';
import type { Row } from './read-table.js';
import { sqlHistory, type SqlHistory } from './sql-history.js';

/** The migrations that Prisma has run, from `_prisma_migrations`. The name is the folder's, as in `20240101000000_create_users`. */
export const prismaMigrations: SqlHistory = sqlHistory({
  tool: 'Prisma',
  tables: () => ['_prisma_migrations'],
  orderBy: () => 'started_at',
  times: ['started_at', 'finished_at', 'rolled_back_at'],
  rowsOf: (rows) => latestOf(rows, ({ migration_name }) => String(migration_name)).map(rowOf),
});

function rowOf(row: Row): ImportedRow {
  const startedAt = momentOf(row['started_at']);
  const finishedAt = momentOf(row['finished_at']);
  return {
    name: String(row['migration_name']),
    state: row['rolled_back_at'] !== null ? 'rolled-back' : finishedAt ? 'applied' : 'failed',
    at: finishedAt ?? startedAt,
    durationMs: finishedAt && startedAt ? Date.parse(finishedAt) - Date.parse(startedAt) : undefined,
    remark: 'it began there and never finished',
    facts: factsOf({ checksum: row['checksum'], appliedSteps: countOf(row['applied_steps_count']) }),
  };
}
