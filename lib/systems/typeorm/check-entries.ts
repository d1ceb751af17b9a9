import type { AuditEntry } from '../../core/audit-entry.js';
import { checkSequence } from '../../core/check-sequence.js';
import { AppendRefusedError } from '../../core/errors.js';
import { AUDIT_COLUMNS, columnValue, KEY_LENGTH } from './audit-table.js';

/** SQLite takes no more parts in one statement, and no database more than 65,535 parameters. */
const MOST_ENTRIES = 500;

/**
 * What is wrong with the entries themselves, before the database is asked: MySQL without strict mode would cut a text that is too long.
 *
 * @throws AppendRefusedError
 */
export function checkEntries(entries: readonly AuditEntry[]): void {
  if (entries.length > MOST_ENTRIES)
    throw new AppendRefusedError(
      `${entries.length} audit entries are too many for one call of append; nothing was written`,
      { fix: [`append at most ${MOST_ENTRIES} at once`] },
    );
  checkSequence(entries);
  for (const entry of entries) checkLengths(entry);
}

function checkLengths(entry: AuditEntry): void {
  for (const column of AUDIT_COLUMNS.filter(({ kind }) => kind === 'key')) {
    const { length } = Array.from(String(columnValue(entry, column)));
    if (length > KEY_LENGTH)
      throw new AppendRefusedError(
        `The ${column.field} of change '${entry.changeId}' has ${length} characters; the audit takes ${KEY_LENGTH}`,
        { fix: [`shorten the ${column.field} of the change`] },
      );
  }
}
