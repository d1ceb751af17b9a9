import { type FlamingockJavaRow, rowsOfFlamingockJava } from '../../../core/kit/import/flamingock-java.js';
import type { Row } from './read-table.js';
import { sqlHistory, type SqlHistory } from './sql-history.js';
import { type ZonedHistoryOptions, zonedMoment } from './time-zone.js';

/** The changes that Flamingock for Java has recorded in a SQL database, in `flamingockAuditLog`. The name is the change's id. */
export const flamingockJava: SqlHistory<ZonedHistoryOptions> = sqlHistory<ZonedHistoryOptions>({
  tool: 'Flamingock Java',
  // Flamingock for Java does not quote the name, so PostgreSQL makes it lower case.
  tables: () => ['flamingockAuditLog', 'flamingockauditlog'],
  orderBy: () => 'id',
  times: ['created_at'],
  rowsOf: (rows, options, dataSource) =>
    rowsOfFlamingockJava(rows.map(inCamelCase), (createdAt) => zonedMoment(createdAt, options, dataSource)),
});

/** The metadata column holds the text of a Java map, which is not parsed. */
function inCamelCase(row: Row): FlamingockJavaRow {
  const entries = Object.entries(row).map(([column, value]) => [
    column.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(entries) as FlamingockJavaRow;
}
