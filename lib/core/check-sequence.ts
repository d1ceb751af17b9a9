import type { AuditEntry } from './audit-entry.js';
import { AppendRefusedError } from './errors.js';

/** What every audit store finds out about entries before its server is asked. @throws AppendRefusedError when they are not consecutive */
export function checkSequence(entries: readonly AuditEntry[]): void {
  for (const [index, { seq }] of entries.entries()) {
    const expected = (entries[0]?.seq ?? 1) + index;
    if (seq !== expected)
      throw new AppendRefusedError(
        `Audit entries must be consecutive: seq ${seq} stands where ${expected} is due; nothing was written`,
      );
  }
}
