import type { AuditEntry } from '../../core/audit-entry.js';
import { AppendRefusedError } from '../../core/errors.js';

/** What is wrong with the entries themselves, before the server is asked. @throws AppendRefusedError */
export function checkEntries(entries: readonly AuditEntry[]): void {
  for (const [index, { seq }] of entries.entries()) {
    const expected = (entries[0]?.seq ?? 1) + index;
    if (seq !== expected)
      throw new AppendRefusedError(
        `Audit entries must be consecutive: seq ${seq} stands where ${expected} is due; nothing was written`,
      );
  }
}
