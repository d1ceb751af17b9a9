import type { AuditEntry } from '../../core/audit-entry.js';
import { AppendRefusedError } from '../../core/errors.js';
import { placedEntry, seqOf } from './file-entries.js';
import type { Head, PlacedEntry } from './head.js';
import { pack } from './packed-entry.js';
import type { StorePlace } from './store-place.js';

/** The last entry of a change. */
interface Last {
  readonly slot: number;
  readonly seq: number;
  /** False when what is in the slot is none of the change: somebody changed a document by hand. */
  readonly isOwn: boolean;
}

/**
 * Finds the places of new entries. All entries up to the head must have been filed.
 *
 * @throws AppendRefusedError when the place of a change was altered by hand
 */
export async function placeEntries(
  place: StorePlace,
  head: Head,
  entries: readonly AuditEntry[],
): Promise<PlacedEntry[]> {
  const changeIds = [...new Set(entries.map(({ changeId }) => changeId))];
  const found = await Promise.all(changeIds.map((changeId) => lastOf(place, changeId)));
  const last = new Map<string, Last>();
  let changes = head.changes;
  for (const [index, changeId] of changeIds.entries()) {
    if (found[index]?.isOwn === false) throw notItsPlace(place, changeId, found[index].slot);
    last.set(changeId, found[index] ?? { slot: ++changes, seq: 0, isOwn: true });
  }
  return entries.map((entry) => {
    const { slot, seq: before } = last.get(entry.changeId) ?? { slot: 0, seq: 0 };
    last.set(entry.changeId, { slot, seq: entry.seq, isOwn: true });
    return { slot, before, entry: pack(entry) };
  });
}

/** Undefined for a change that has no entry yet. */
export async function lastOf({ documents, keys }: StorePlace, changeId: string): Promise<Last | undefined> {
  const slot = slotOf((await documents.get(keys.change(changeId)))?.content);
  if (slot === undefined) return undefined;
  const latest = placedEntry((await documents.get(keys.latest(slot)))?.content);
  const seq = latest?.entry['changeId'] === changeId ? seqOf(latest) : 0;
  return seq > 0 ? { slot, seq, isOwn: true } : { slot, seq: 0, isOwn: false };
}

function notItsPlace({ keys }: StorePlace, changeId: string, slot: number): AppendRefusedError {
  return new AppendRefusedError(
    `The document '${keys.latest(slot)}' does not hold the latest entry of change '${changeId}', as '${keys.change(changeId)}' says; somebody changed one of them by hand. Nothing was written`,
    { fix: ['run verifyAudit() to see what was changed, and restore the audit from a backup, all of it'] },
  );
}

function slotOf(content: unknown): number | undefined {
  if (typeof content !== 'object' || content === null || !('slot' in content)) return undefined;
  return typeof content.slot === 'number' ? content.slot : undefined;
}
