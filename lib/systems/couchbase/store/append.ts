import type { Append } from '../../../core/kit/base-audit-store.js';
import { headOf } from '../../../core/kit/hash-chain.js';
import { type HeadStorage, replaceHead, requireEnd } from '../../../core/kit/watched-lease.js';
import type { AuditEntry } from '../../../core/model/audit-entry.js';
import { AppendRefusedError } from '../../../core/model/errors.js';
import { type EntryFiler, placedEntry, seqOf } from './file-entries.js';
import { advanced, type Head, type PlacedEntry, type SeenHead } from './head.js';
import { pack } from './packed-entry.js';
import type { StoreLocation } from './store-location.js';

/**
 * Appends by one write of the head. Couchbase refuses it when anybody has written the head since it was read.
 *
 * @throws StaleFenceError, AppendRefusedError, or what the SDK says
 */
export async function appendEntries(
  location: StoreLocation,
  heads: HeadStorage<SeenHead>,
  filer: EntryFiler,
  append: Append,
): Promise<void> {
  const { entries, fence } = append;
  for (;;) {
    const seen = await requireHead(heads, append);
    await filer.file(seen.head);
    const tail = await placesIn(location, heads, seen, entries);
    const head = tail && advanced(seen.head, fence, headOf(entries), tail);
    if (!head || !(await replaceHead(heads, seen, head))) continue;
    // The entries are committed. Those that could not be filed are read from the head, and filed before the next append.
    await filer.file(head).catch(() => undefined);
    return;
  }
}

/** Undefined when somebody has appended since the head was read: entries that are only half filed may look altered by hand. */
async function placesIn(
  location: StoreLocation,
  heads: HeadStorage<SeenHead>,
  { head }: SeenHead,
  entries: readonly AuditEntry[],
): Promise<PlacedEntry[] | undefined> {
  try {
    return await placeEntries(location, head, entries);
  } catch (error) {
    if ((await heads.read())?.head.chain.hash === head.chain.hash) throw error;
    return undefined;
  }
}

async function requireHead(heads: HeadStorage<SeenHead>, append: Append): Promise<SeenHead> {
  const seen = await heads.read();
  requireEnd(seen?.head, append, 'audit');
  return seen;
}

/** The last entry of a change. */
interface Last {
  readonly slot: number;
  readonly seq: number;
  /** False when the slot holds no entry of this change: somebody changed a document by hand. */
  readonly isOwn: boolean;
}

/**
 * Finds the slots of new entries. All entries up to the head must have been filed.
 *
 * @throws AppendRefusedError when the slot of a change was altered by hand
 */
async function placeEntries(
  location: StoreLocation,
  head: Head,
  entries: readonly AuditEntry[],
): Promise<PlacedEntry[]> {
  const changeIds = [...new Set(entries.map(({ changeId }) => changeId))];
  const found = await Promise.all(changeIds.map((changeId) => lastOf(location, changeId)));
  const last = new Map<string, Last>();
  let changes = head.changes;
  for (const [index, changeId] of changeIds.entries()) {
    if (found[index]?.isOwn === false) throw notItsPlace(location, changeId, found[index].slot);
    last.set(changeId, found[index] ?? { slot: ++changes, seq: 0, isOwn: true });
  }
  return entries.map((entry) => {
    const { slot, seq: before } = last.get(entry.changeId) ?? { slot: 0, seq: 0 };
    last.set(entry.changeId, { slot, seq: entry.seq, isOwn: true });
    return { slot, before, entry: pack(entry) };
  });
}

/** Undefined for a change that has no entry yet. */
export async function lastOf(
  { documents, keys }: StoreLocation,
  changeId: string,
): Promise<Last | undefined> {
  const slot = slotOf((await documents.get(keys.change(changeId)))?.content);
  if (slot === undefined) return undefined;
  const latest = placedEntry((await documents.get(keys.latest(slot)))?.content);
  const seq = latest?.entry['changeId'] === changeId ? seqOf(latest) : 0;
  return seq > 0 ? { slot, seq, isOwn: true } : { slot, seq: 0, isOwn: false };
}

function notItsPlace({ keys }: StoreLocation, changeId: string, slot: number): AppendRefusedError {
  return new AppendRefusedError(
    `The document '${keys.latest(slot)}' does not hold the latest entry of change '${changeId}', as '${keys.change(changeId)}' says; somebody changed one of them by hand. Nothing was written`,
    { fix: ['run verifyAudit() to see what was changed, and restore the audit from a backup, all of it'] },
  );
}

function slotOf(content: unknown): number | undefined {
  if (typeof content !== 'object' || content === null || !('slot' in content)) return undefined;
  return typeof content.slot === 'number' ? content.slot : undefined;
}
