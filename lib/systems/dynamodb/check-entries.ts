import type { AuditEntry } from '../../core/audit-entry.js';
import { checkSequence } from '../../core/check-sequence.js';
import { AppendRefusedError } from '../../core/errors.js';
import { storedText } from './stored-text.js';

/** A sort key may have 1,024 bytes; the seq stands in it, too. */
const LONGEST_ID_BYTES = 1_000;

/** What is wrong with the entries themselves, before DynamoDB is asked. @throws AppendRefusedError */
export function checkEntries(entries: readonly AuditEntry[]): void {
  checkSequence(entries);
  for (const { changeId } of entries) {
    const bytes = Buffer.byteLength(storedText(changeId));
    if (bytes > LONGEST_ID_BYTES)
      throw new AppendRefusedError(
        `The id of change '${changeId}' has ${bytes} bytes; DynamoDB takes ${LONGEST_ID_BYTES}`,
        { fix: ['shorten the id of the change'] },
      );
  }
}
