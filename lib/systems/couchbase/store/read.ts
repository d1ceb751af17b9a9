import { NOTHING_YET } from '../../../core/kit/base-audit-store.js';
import { EMPTY_CHAIN } from '../../../core/kit/hash-chain.js';
import type { LeaseWatch } from '../../../core/kit/watched-lease.js';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import type { AuditSnapshot, AuditSummary, LockHolder } from '../../../core/model/audit-store.js';
import { currentVersion, type Found } from '../connection/own-documents.js';
import { placedEntry, seqOf } from './file-entries.js';
import { type Head, type PlacedEntry, readHead } from './head.js';
import { entriesAt, entriesBehind, numbersFrom, PAGE } from './history.js';
import { unpack } from './packed-entry.js';
import type { StoreLocation } from './store-location.js';

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
export async function readSummary(location: StoreLocation, watch: LeaseWatch): Promise<AuditSummary> {
  return summaryOf(location, await look(location, watch, () => []));
}

/** Reads the same, and the latest entry of each change from its slot. The head tells how many slots there are. */
export async function readSnapshot(location: StoreLocation, watch: LeaseWatch): Promise<AuditSnapshot> {
  const { latest: slot } = location.keys;
  const slots = (head?: Head) => Array.from({ length: head?.changes ?? 0 }, (_, index) => slot(index + 1));
  const sight = await look(location, watch, slots);
  const latest = latestOf(sight).map(({ entry }) => unpack(entry));
  return { ...summaryOf(location, sight), latest };
}

/** Reads again while the head moves. Where the head stands still and the entries do not fit, somebody changed them by hand. */
async function look(
  location: StoreLocation,
  watch: LeaseWatch,
  keysOf: (head?: Head) => readonly string[],
): Promise<Sight> {
  let seen = await readWatched(location, watch);
  for (;;) {
    const { head } = seen;
    const record = recordOf(seen);
    const [at, behind, ...found] = await location.documents.getAll([
      ...endKeys(location, record),
      ...keysOf(head),
    ]);
    const last = await lastEntry(location, record, [at, behind]);
    const sight = { ...seen, last, filed: found.map((one) => placedEntry(one?.content)) };
    if (isOfOneMoment(sight)) return sight;
    seen = await readWatched(location, watch);
    if (recordOf(seen).chain.hash === record.chain.hash) return sight;
  }
}

type Watched = Pick<Sight, 'head' | 'holder'>;

function recordOf({ head }: Watched): ChainRecord {
  return head ?? NO_RECORD;
}

async function readWatched(location: StoreLocation, watch: LeaseWatch): Promise<Watched> {
  const asked = watch.now();
  const head = (await readHead(location))?.head;
  return { head, holder: head ? watch.holderOf(head, asked) : null };
}

function isOfOneMoment(sight: Sight): boolean {
  const { last, filed } = sight;
  const { chain } = recordOf(sight);
  const isNewer = (placed: PlacedEntry | undefined) => placed !== undefined && seqOf(placed) > chain.seq;
  return last.seq === chain.seq && last.hash === chain.hash && !filed.some(isNewer);
}

function summaryOf({ upgrades }: StoreLocation, { head, holder, last }: Sight): AuditSummary {
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

/** What a head tells about its chain. */
export type ChainRecord = Pick<Head, 'chain' | 'tail'>;

/** Where there is no head, there must be no entry. */
const NO_RECORD: ChainRecord = { chain: EMPTY_CHAIN, tail: [] };

/** The keys of the entries at both sides of where the chain ends by the head; the first one has none at the beginning. */
function endKeys({ keys }: StoreLocation, { chain: { seq } }: ChainRecord): [string, string] {
  return [keys.entry(seq), keys.entry(seq + 1)];
}

/**
 * The last entry that there is. Costs no read where it is the one that the head knows.
 *
 * @param at - what was found under the first of `endKeys`
 * @param behind - what was found under the second
 */
export async function lastEntry(
  location: StoreLocation,
  head: ChainRecord,
  [at, behind]: readonly [Found | undefined, Found | undefined],
): Promise<ChainHead> {
  const { seq } = head.chain;
  if (behind) return lastBehind(location, seq);
  const placed = placedEntry(at?.content) ?? head.tail.find((unfiled) => seqOf(unfiled) === seq);
  return placed ? { seq, hash: hashIn(placed) } : lastBefore(location, head);
}

async function lastBehind(location: StoreLocation, head: number): Promise<ChainHead> {
  let last: ChainHead = { seq: head + 1, hash: '' };
  let seq = head;
  for await (const page of entriesBehind(location, head)) {
    seq += page.length;
    const placed = page.at(-1);
    if (placed) last = { seq, hash: hashIn(placed) };
  }
  return last;
}

/** Entries were removed; the last one that is left may be far away. */
async function lastBefore(location: StoreLocation, head: ChainRecord): Promise<ChainHead> {
  for (let end = head.chain.seq; end > 1; end -= PAGE) {
    const first = Math.max(end - PAGE, 1);
    const page = await entriesAt(location, head, numbersFrom(first, end - first));
    const index = page.findLastIndex((placed) => placed !== undefined);
    const placed = page[index];
    if (placed) return { seq: first + index, hash: hashIn(placed) };
  }
  return EMPTY_CHAIN;
}

function hashIn({ entry }: PlacedEntry): string {
  return String(entry['hash']);
}
