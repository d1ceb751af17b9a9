import type { Append } from '../../core/append-refusals.js';
import type { AuditEntry } from '../../core/audit-entry.js';
import { demandEnd } from '../../core/audit-head.js';
import { checkSequence } from '../../core/check-sequence.js';
import { headOf } from '../../core/hash-chain.js';
import type { EntryFiler } from './file-entries.js';
import { advanced, type PlacedEntry, readHead, replaceHead, type SeenHead } from './head.js';
import { placeEntries } from './place-entries.js';
import type { StorePlace } from './store-place.js';

/**
 * Appends by one write of the head, which is refused when anybody has written it since it was read.
 *
 * @param append - at least one entry
 * @throws StaleFenceError, AppendRefusedError, or what the SDK says
 */
export async function appendEntries(place: StorePlace, filer: EntryFiler, append: Append): Promise<void> {
  const { entries, fence } = append;
  checkSequence(entries);
  for (;;) {
    const seen = await demandHead(place, append);
    await filer.file(seen.head);
    const tail = await placesIn(place, seen, entries);
    const head = tail && advanced(seen.head, fence, headOf(entries), tail);
    if (!head || !(await replaceHead(place, seen, head))) continue;
    // They are committed. What could not be filed is read from the head, and filed before the next append.
    await filer.file(head).catch(() => undefined);
    return;
  }
}

/** Undefined when somebody has appended since the head was seen: what is being filed for him may look like a change by hand. */
async function placesIn(
  place: StorePlace,
  { head }: SeenHead,
  entries: readonly AuditEntry[],
): Promise<PlacedEntry[] | undefined> {
  try {
    return await placeEntries(place, head, entries);
  } catch (error) {
    if ((await readHead(place))?.head.chain.hash === head.chain.hash) throw error;
    return undefined;
  }
}

async function demandHead(place: StorePlace, append: Append): Promise<SeenHead> {
  const seen = await readHead(place);
  demandEnd(seen?.head, append, 'audit');
  return seen;
}
