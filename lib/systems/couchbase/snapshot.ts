import type { ChainHead } from '../../core/audit-entry.js';
import type { AuditSnapshot, AuditSummary, LockHolder } from '../../core/audit-store.js';
import type { LeaseWatch } from '../../core/lease-watch.js';
import { NOTHING_YET } from '../../core/nothing-yet.js';
import { type ChainRecord, endKeys, lastEntry, NO_RECORD } from './chain-end.js';
import { currentVersion } from './document-version.js';
import { placedEntry, seqOf } from './file-entries.js';
import { type Head, type PlacedEntry, readHead } from './head.js';
import { unpack } from './packed-entry.js';
import type { StorePlace } from './store-place.js';

/** What was read of one moment. */
interface Sight {
  /** Undefined where the store was never opened. */
  readonly head: Head | undefined;
  readonly holder: LockHolder | null;
  readonly last: ChainHead;
  /** What is under the keys that were asked for. */
  readonly filed: readonly (PlacedEntry | undefined)[];
}

/** Reads the head and the entries at both sides of its end: three documents, however many changes there are. */
export async function readSummary(place: StorePlace, watch: LeaseWatch): Promise<AuditSummary> {
  return summaryOf(place, await look(place, watch, () => []));
}

/** Reads the same, and by the head's count the slot of each change, all at once; nothing of the history. */
export async function readSnapshot(place: StorePlace, watch: LeaseWatch): Promise<AuditSnapshot> {
  const { latest: slot } = place.keys;
  const slots = (head?: Head) => Array.from({ length: head?.changes ?? 0 }, (_, index) => slot(index + 1));
  const sight = await look(place, watch, slots);
  const latest = latestOf(sight).map(({ entry }) => unpack(entry));
  return { ...summaryOf(place, sight), latest };
}

/** Looks again as long as the head has moved meanwhile; what does not fit a head that stands still, somebody did by hand. */
async function look(
  place: StorePlace,
  watch: LeaseWatch,
  keysOf: (head?: Head) => readonly string[],
): Promise<Sight> {
  let seen = await readWatched(place, watch);
  for (;;) {
    const { head } = seen;
    const record = recordOf(seen);
    const [at, behind, ...found] = await place.documents.getAll([...endKeys(place, record), ...keysOf(head)]);
    const last = await lastEntry(place, record, [at, behind]);
    const sight = { ...seen, last, filed: found.map((one) => placedEntry(one?.content)) };
    if (isOfOneMoment(sight)) return sight;
    seen = await readWatched(place, watch);
    if (recordOf(seen).chain.hash === record.chain.hash) return sight;
  }
}

type Watched = Pick<Sight, 'head' | 'holder'>;

function recordOf({ head }: Watched): ChainRecord {
  return head ?? NO_RECORD;
}

async function readWatched(place: StorePlace, watch: LeaseWatch): Promise<Watched> {
  const asked = watch.now();
  const head = (await readHead(place))?.head;
  return { head, holder: head ? watch.holderOf(head, asked) : null };
}

function isOfOneMoment(sight: Sight): boolean {
  const { last, filed } = sight;
  const { chain } = recordOf(sight);
  const isNewer = (placed: PlacedEntry | undefined) => placed !== undefined && seqOf(placed) > chain.seq;
  return last.seq === chain.seq && last.hash === chain.hash && !filed.some(isNewer);
}

function summaryOf({ upgrades }: StorePlace, { head, holder, last }: Sight): AuditSummary {
  const { latest: _, ...nothing } = NOTHING_YET;
  if (!head) return { ...nothing, last };
  const { storeId, token, chain, settled, version } = head;
  return { ready: version === currentVersion(upgrades), storeId, token, head: chain, last, settled, holder };
}

/** By seq, so that of two that claim to be of one change the newer one comes last. */
function latestOf(sight: Sight): PlacedEntry[] {
  const latest = new Map<number, PlacedEntry>();
  for (const placed of [...sight.filed, ...recordOf(sight).tail]) {
    if (placed && seqOf(placed) > seqIn(latest, placed.slot)) latest.set(placed.slot, placed);
  }
  return [...latest.values()].sort((a, b) => seqOf(a) - seqOf(b));
}

function seqIn(latest: ReadonlyMap<number, PlacedEntry>, slot: number): number {
  const placed = latest.get(slot);
  return placed ? seqOf(placed) : 0;
}
