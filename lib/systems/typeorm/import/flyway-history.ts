import type { ImportedRow } from '../../../core/import-source.js';
import { countOf, factsOf, isTrue, latestOf, momentOf, wordOf } from '../../../core/import-values.js';
import type { Row } from './read-table.js';
import { sqlHistory, type SqlHistory } from './sql-history.js';

/**
 * The migrations that Flyway has run: `flyway_schema_history`. A name is that of the script, as in `V1__create_users.sql`.
 * What it has undone is rolled back, what `repair` has struck out is gone, and of a repeatable one the last time counts.
 * A baseline is a row like others: which changes it stands for, or `null`, is for the map to say.
 */
export const flywayHistory: SqlHistory = sqlHistory({
  tool: 'Flyway',
  tables: () => ['flyway_schema_history'],
  orderBy: () => 'installed_rank',
  rowsOf: (rows) => {
    const migrations = rows.filter(({ type }) => type !== 'SCHEMA');
    return latestOf(migrations, keyOf)
      .filter(({ type }) => type !== 'DELETE')
      .map((row) => rowOf(row, migrations));
  },
});

/** An undo has a script of its own and the version of what it undoes; a repeatable migration has no version. */
function keyOf({ version, script }: Row): string {
  return wordOf(version) === undefined ? `R ${String(script)}` : `V ${String(version)}`;
}

function isUndo({ type }: Row): boolean {
  return String(type).startsWith('UNDO');
}

function rowOf(latest: Row, rows: readonly Row[]): ImportedRow {
  const undone = isUndo(latest);
  const row = undone
    ? (rows.findLast((one) => keyOf(one) === keyOf(latest) && !isUndo(one)) ?? latest)
    : latest;
  const succeeded = isTrue(latest['success']);
  const { installed_rank, version, type, checksum } = row;
  return {
    name: String(row['script']),
    state: !succeeded ? 'failed' : undone ? 'rolled-back' : 'applied',
    at: momentOf(latest['installed_on']),
    author: wordOf(row['installed_by']),
    description: wordOf(row['description']),
    durationMs: countOf(row['execution_time']),
    remark: undone ? 'its undo failed there' : 'it failed there',
    facts: factsOf({ installedRank: countOf(installed_rank), version, type, checksum: countOf(checksum) }),
  };
}
