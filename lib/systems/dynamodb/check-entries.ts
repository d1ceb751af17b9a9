import type { AuditEntry } from '../../core/audit-entry.js';
import { AppendRefusedError } from '../../core/errors.js';
import { storedText } from './stored-text.js';

/** A sort key may have 1,024 bytes; the seq stands in it, too. */
const LONGEST_ID_BYTES = 1_000;

/** What is wrong with the entries themselves, before DynamoDB is asked. @throws AppendRefusedError */
export function checkEntries(entries: readonly AuditEntry[]): void {
  for (const [index, { seq, changeId }] of entries.entries()) {
    const expected = (entries[0]?.seq ?? 1) + index;
    if (seq !== expected)
      throw new AppendRefusedError(
        `Audit entries must be consecutive: seq ${seq} stands where ${expected} is due; nothing was written`,
      );
    const bytes = Buffer.byteLength(storedText(changeId));
    if (bytes > LONGEST_ID_BYTES)
      throw new AppendRefusedError(
        `The id of change '${changeId}' has ${bytes} bytes; DynamoDB takes ${LONGEST_ID_BYTES}`,
        { fix: ['shorten the id of the change'] },
      );
  }
}
