import { type FlamingockJavaRow, rowsOfFlamingockJava } from '../../../core/import-flamingock-java.js';
import type { Row } from './read-table.js';
import { sqlHistory, type SqlHistory } from './sql-history.js';
import { type ZonedHistoryOptions, zonedMoment } from './time-zone.js';

/** The changes in the audit log that Flamingock for Java keeps in a SQL database: `flamingockAuditLog`. A name is the change's id. */
export const flamingockJava: SqlHistory<ZonedHistoryOptions> = sqlHistory<ZonedHistoryOptions>({
  tool: 'Flamingock Java',
  // It writes the name without quotes, and PostgreSQL makes it lower case.
  tables: () => ['flamingockAuditLog', 'flamingockauditlog'],
  orderBy: () => 'id',
  times: ['created_at'],
  rowsOf: (rows, options, dataSource) =>
    rowsOfFlamingockJava(rows.map(inCamelCase), (createdAt) => zonedMoment(createdAt, options, dataSource)),
});

/** Its metadata column holds the text of a Java map, which is kept as it is. */
function inCamelCase(row: Row): FlamingockJavaRow {
  const entries = Object.entries(row).map(([column, value]) => [
    column.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(entries) as FlamingockJavaRow;
}
