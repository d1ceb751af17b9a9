import type { AuditSnapshot } from '../../core/audit-store.js';
import type { LeaseWatch } from '../../core/lease-watch.js';
import { NOTHING_YET } from '../../core/nothing-yet.js';
import { placedEntry, seqOf } from './file-entries.js';
import { type Head, type PlacedEntry, readHead } from './head.js';
import { unpack } from './packed-entry.js';
import type { StorePlace } from './store-place.js';

/** Reads the head, and by its count the slot of each change, all at once; nothing of the history. */
export async function readSnapshot(place: StorePlace, watch: LeaseWatch): Promise<AuditSnapshot> {
  for (;;) {
    const asked = watch.now();
    const seen = await readHead(place);
    if (!seen) return NOTHING_YET;
    const { head } = seen;
    const holder = watch.holderOf(head, asked);
    const latest = await latestOf(place, head);
    // Somebody has appended meanwhile, so that the slots are newer than the head: look again.
    if (latest.some((placed) => seqOf(placed) > head.chain.seq)) continue;
    return { ready: true, latest: latest.map(({ entry }) => unpack(entry)), head: head.chain, holder };
  }
}

async function latestOf({ documents, keys }: StorePlace, head: Head): Promise<PlacedEntry[]> {
  const slots = Array.from({ length: head.changes }, (_, index) => keys.latest(index + 1));
  const filed = (await documents.getAll(slots)).map((found) => placedEntry(found?.content));
  const latest = new Map<number, PlacedEntry>();
  for (const placed of [...filed, ...head.tail]) {
    if (placed && seqOf(placed) > seqIn(latest, placed.slot)) latest.set(placed.slot, placed);
  }
  return [...latest.values()];
}

function seqIn(latest: ReadonlyMap<number, PlacedEntry>, slot: number): number {
  const placed = latest.get(slot);
  return placed ? seqOf(placed) : 0;
}
