import type { ChainHead } from '../../core/audit-entry.js';
import type { AuditHead } from '../../core/audit-head.js';
import type { AuditSummary } from '../../core/audit-store.js';
import { EMPTY_CHAIN, faultAtEnd } from '../../core/hash-chain.js';
import type { LeaseWatch } from '../../core/lease-watch.js';
import { NOTHING_YET } from '../../core/nothing-yet.js';
import { numberOf, type PlainItem, textOf } from './attribute-values.js';
import { headOf } from './head.js';
import { newerItems } from './store-errors.js';
import { entryKey, headKey, type StorePlace, storeVersion } from './store-place.js';

/** The head of a namespace, if there is one, and the last entry. */
interface End {
  readonly head?: AuditHead;
  readonly last: ChainHead;
  /** Where the last entry stands, whatever it says itself. */
  readonly at?: string;
}

/**
 * One query of two items, whatever the length of the history: the head stands right behind the last entry.
 *
 * A query may see one part of an append and not yet the other. So where both differ, they are read once more by a
 * transaction, which sees all of an append or nothing.
 *
 * @throws AuditStoreError when the items are of a newer version
 */
export async function readSummary(place: StorePlace, watch: LeaseWatch): Promise<AuditSummary> {
  for (;;) {
    const asked = watch.now();
    const end = await readEnd(place);
    if (!isFaulty(end) || (await staysFaulty(place, end))) return summaryOf(place, end, watch, asked);
  }
}

/** @throws AuditStoreError */
export function demandKnownVersion(place: StorePlace, { version }: AuditHead): void {
  if (version > storeVersion(place)) throw newerItems(place, version);
}

function summaryOf(place: StorePlace, { head, last }: End, watch: LeaseWatch, asked: number): AuditSummary {
  const { latest: _, ...nothing } = NOTHING_YET;
  if (!head) return { ...nothing, last };
  demandKnownVersion(place, head);
  const { version, storeId, token, chain, settled } = head;
  const ready = version === storeVersion(place);
  return { ready, storeId, token, head: chain, last, settled, holder: watch.holderOf(head, asked) };
}

async function readEnd(place: StorePlace): Promise<End> {
  const { pk, sk } = headKey(place);
  const query = {
    TableName: place.table,
    KeyConditionExpression: 'pk = :pk AND sk <= :head',
    ExpressionAttributeValues: { ':pk': pk, ':head': sk },
    ScanIndexForward: false,
    Limit: 2,
  };
  for await (const page of place.calls.query(query)) return endOf(page);
  return { last: EMPTY_CHAIN };
}

function endOf(items: readonly PlainItem[]): End {
  const head = items.find(({ sk }) => sk === 'head');
  const last = items.find(({ sk }) => sk !== 'head');
  return {
    ...(head && { head: headOf(head) }),
    ...(last ? { last: placeOf(last), at: textOf(last, 'sk') } : { last: EMPTY_CHAIN }),
  };
}

function placeOf(item: PlainItem): ChainHead {
  return { seq: numberOf(item, 'seq'), hash: textOf(item, 'hash') ?? '' };
}

function isFaulty({ head, last }: End): boolean {
  return faultAtEnd(head?.chain ?? EMPTY_CHAIN, last) !== undefined;
}

/** Whether head and entries differ for everybody, and the head is where it was. */
async function staysFaulty(place: StorePlace, { head, at }: End): Promise<boolean> {
  const { seq } = head?.chain ?? EMPTY_CHAIN;
  const { pk, sk } = entryKey(place, seq);
  const behindFirst = [...new Set([sk, at ?? sk])].toSorted().toReversed();
  const keys = [headKey(place), ...behindFirst.map((each) => ({ pk, sk: each }))];
  const found = await place.calls.getTogether(place.table, keys);
  const now = endOf(found.filter((item) => item !== undefined));
  return isFaulty(now) && (now.head?.chain.seq ?? 0) === seq;
}
