import type { AuditEntry } from '../../core/audit-entry.js';
import type { Fence } from '../../core/audit-store.js';
import { AppendRefusedError, StaleFenceError } from '../../core/errors.js';
import type { EntryFiler } from './file-entries.js';
import { advanced, isHeldBy, readHead, replaceHead, type SeenHead } from './head.js';
import { placeEntries } from './place-entries.js';
import type { StorePlace } from './store-place.js';

/**
 * Appends by one write of the head, which is refused when anybody has written it since it was read.
 *
 * @param entries - at least one
 * @throws StaleFenceError, AppendRefusedError, or what the SDK says
 */
export async function appendEntries(
  place: StorePlace,
  filer: EntryFiler,
  entries: readonly AuditEntry[],
  fence: Fence,
): Promise<void> {
  const last = demandConsecutive(entries);
  for (;;) {
    const seen = await demandHead(place, entries, fence);
    await filer.file(seen.head);
    const head = advanced(seen.head, fence, last, await placeEntries(place, seen.head, entries));
    if (!(await replaceHead(place, seen, head))) continue;
    // They are committed. What could not be filed is read from the head, and filed before the next append.
    await filer.file(head).catch(() => undefined);
    return;
  }
}

async function demandHead(
  place: StorePlace,
  entries: readonly AuditEntry[],
  fence: Fence,
): Promise<SeenHead> {
  const seen = await readHead(place);
  if (!seen || !isHeldBy(seen.head, fence)) throw staleFence(fence);
  if (seen.head.chain.seq !== (entries[0]?.seq ?? 0) - 1) throw notTheEnd(entries);
  return seen;
}

function demandConsecutive(entries: readonly AuditEntry[]): AuditEntry {
  const [first] = entries;
  const last = entries.at(-1);
  if (!first || !last) throw new AppendRefusedError('There is no audit entry to append');
  for (const [index, { seq }] of entries.entries())
    if (seq !== first.seq + index)
      throw new AppendRefusedError(
        `Audit entries must be consecutive: seq ${seq} stands where ${first.seq + index} is due; nothing was written`,
      );
  return last;
}

function staleFence({ token, holder }: Fence): StaleFenceError {
  return new StaleFenceError(
    `The lease with token ${token} of execution ${holder} is not the current one; nothing was written`,
  );
}

function notTheEnd(entries: readonly AuditEntry[]): AppendRefusedError {
  return new AppendRefusedError(
    `Audit entries from seq ${entries[0]?.seq} on do not continue the chain as it is; nothing was written`,
    { fix: ['let nobody write to the audit by hand; run verifyAudit() to see whether somebody did'] },
  );
}
