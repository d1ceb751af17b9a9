import { countOf, factsOf, wordOf } from '../../../core/kit/import/history-values.js';
import type { ImportedRow } from '../../../core/model/history-source.js';
import type { Row } from './read-table.js';
import { sqlHistory, type SqlHistory } from './sql-history.js';
import { type ZonedHistoryOptions, zonedMoment } from './time-zone.js';

/**
 * The change sets that Liquibase has run, from `DATABASECHANGELOG`. The name is `file::id::author`, as Liquibase itself writes it,
 * because the id alone is not unique. A change set that was only marked as run counts as applied.
 */
export const liquibaseChangeLog: SqlHistory<ZonedHistoryOptions> = sqlHistory<ZonedHistoryOptions>({
  tool: 'Liquibase',
  // Liquibase does not quote the name, so PostgreSQL makes it lower case.
  tables: () => ['DATABASECHANGELOG', 'databasechangelog'],
  orderBy: () => 'orderexecuted',
  times: ['dateexecuted'],
  rowsOf: (rows, options, dataSource) =>
    rows
      .map(inLowerCase)
      .map((row) => ({ ...rowOf(row), ...zonedMoment(row['dateexecuted'], options, dataSource) })),
});

function inLowerCase(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column.toLowerCase(), value]));
}

function rowOf(row: Row): Omit<ImportedRow, 'at'> {
  const { filename, id, author, exectype, orderexecuted, md5sum, comments, tag, contexts, labels } = row;
  return {
    name: `${String(filename)}::${String(id)}::${String(author)}`,
    state: exectype === 'FAILED' || exectype === 'SKIPPED' ? 'failed' : 'applied',
    author: wordOf(author),
    description: wordOf(comments) ?? wordOf(row['description']),
    remark: `its state there is ${wordOf(exectype) ?? 'none'}`,
    facts: factsOf({ exectype, orderExecuted: countOf(orderexecuted), md5sum, tag, contexts, labels }),
  };
}
