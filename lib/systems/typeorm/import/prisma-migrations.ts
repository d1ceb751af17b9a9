import type { ImportedRow } from '../../../core/import-source.js';
import { countOf, factsOf, latestOf, momentOf } from '../../../core/import-values.js';
import type { Row } from './read-table.js';
import { sqlHistory, type SqlHistory } from './sql-history.js';

/** The migrations that Prisma has run: `_prisma_migrations`. A name is that of the folder, as in `20240101000000_create_users`. */
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
