import type { AuditEntry } from './audit-entry.js';
import type { Fence } from './audit-store.js';
import { messageOf } from './error-text.js';
import { AppendRefusedError, StaleFenceError } from './errors.js';

/** A call of `AuditStore.append`. */
export interface Append {
  readonly entries: readonly AuditEntry[];
  readonly fence: Fence;
}

/** The lease has another holder by now, or none. */
export function staleFence({ token, holder }: Fence): StaleFenceError {
  return new StaleFenceError(
    `The lease with token ${token} of execution ${holder} is not the current one; nothing was written`,
  );
}

/** The entries do not come right behind the last one. @param audit - what holds them, for people: `audit table` */
export function notTheEnd(entries: readonly AuditEntry[], audit: string): AppendRefusedError {
  return new AppendRefusedError(
    `Audit entries from seq ${entries[0]?.seq} on do not continue the chain as it is; nothing was written`,
    { fix: [`let nobody write to the ${audit} by hand; run verifyAudit() to see whether somebody did`] },
  );
}

/** The server answered that it will not write. @param refused - who refused what: `DynamoDB refused audit entry` */
export function refusedByServer(
  refused: string,
  entries: readonly AuditEntry[],
  cause: unknown,
  fix: readonly string[] = [],
): AppendRefusedError {
  const seqs = entries.map(({ seq }) => seq).join(', ');
  return new AppendRefusedError(`${refused} ${seqs}: ${messageOf(cause)}`, { cause, fix });
}
