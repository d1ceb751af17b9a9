import {
  countOf,
  durationOf,
  factsOf,
  isTrue,
  latestOf,
  wordOf,
} from '../../../core/kit/import/history-values.js';
import type { ImportedRow } from '../../../core/model/history-source.js';
import type { Row } from './read-table.js';
import { sqlHistory, type SqlHistory } from './sql-history.js';
import { type ZonedHistoryOptions, zonedMoment } from './time-zone.js';

/**
 * The migrations that Flyway has run, from `flyway_schema_history`. The name is the script's, as in `V1__create_users.sql`.
 * An undone migration counts as rolled back; of a repeatable one, the last run counts. A migration that `repair` has marked as deleted,
 * because its script was missing, is still in effect.
 * A baseline is a row like any other: the map of the import says which changes it stands for, or `null`.
 */
export const flywayHistory: SqlHistory<ZonedHistoryOptions> = sqlHistory<ZonedHistoryOptions>({
  tool: 'Flyway',
  tables: () => ['flyway_schema_history'],
  orderBy: () => 'installed_rank',
  times: ['installed_on'],
  rowsOf: (rows, options, dataSource) => {
    const migrations = rows.filter(({ type }) => type !== 'SCHEMA');
    const whenOf = (row: Row): ReturnType<typeof zonedMoment> =>
      zonedMoment(row['installed_on'], options, dataSource);
    return latestOf(migrations, keyOf).map((row) => rowOf(row, migrations, whenOf));
  },
});

/** What rows about the same migration share: its version, also in an undo, which has its own script; a repeatable migration has no version. */
function keyOf({ version, script }: Row): string {
  return wordOf(version) === undefined ? `R ${String(script)}` : `V ${String(version)}`;
}

function isUndo({ type }: Row): boolean {
  return String(type).startsWith('UNDO');
}

/** True for the row that `repair` writes about a missing script; it repeats the migration's other columns. */
function isDelete({ type }: Row): boolean {
  return type === 'DELETE';
}

function rowOf(
  last: Row,
  rows: readonly Row[],
  whenOf: (row: Row) => ReturnType<typeof zonedMoment>,
): ImportedRow {
  const own = rows.filter((one) => keyOf(one) === keyOf(last));
  const latest = own.findLast((one) => !isDelete(one)) ?? last;
  const undone = isUndo(latest);
  const row = own.findLast((one) => !isDelete(one) && !isUndo(one)) ?? latest;
  const succeeded = isTrue(latest['success']);
  const state = !succeeded ? 'failed' : undone ? 'rolled-back' : isDelete(last) ? 'struck-out' : 'applied';
  const { installed_rank, version, type, checksum } = row;
  return {
    name: String(row['script']),
    state,
    ...whenOf(latest),
    author: wordOf(row['installed_by']),
    description: wordOf(row['description']),
    durationMs: durationOf(row['execution_time']),
    remark: undone ? 'its undo failed there' : 'it failed there',
    facts: factsOf({ installedRank: countOf(installed_rank), version, type, checksum: countOf(checksum) }),
  };
}
