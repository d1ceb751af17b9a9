import { NOTHING_YET } from '../../../core/kit/base-audit-store.js';
import { EMPTY_CHAIN, faultAtEnd } from '../../../core/kit/hash-chain.js';
import type { AuditHead, LeaseWatch } from '../../../core/kit/watched-lease.js';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import type { AuditSummary } from '../../../core/model/audit-store.js';
import { numberOf, type PlainItem, textOf } from '../connection/attribute-values.js';
import { headOf } from './head.js';
import { newerItems } from './store-errors.js';
import { entryKey, headKey, type StoreLocation, storeVersion } from './store-location.js';

/** The head of a namespace, if it has one, and its last entry. */
interface End {
  readonly head?: AuditHead;
  readonly last: ChainHead;
  /** The sort key of the last entry, which an altered entry cannot change. */
  readonly at?: string;
}

/**
 * Reads two items by one query, however long the history is: the head sorts right behind the last entry.
 *
 * A query may see one half of an append only. So where the two differ, they are read once more in a transaction, which
 * sees all of an append or nothing.
 *
 * @throws AuditStoreError when the items are of a newer version
 */
export async function readSummary(location: StoreLocation, watch: LeaseWatch): Promise<AuditSummary> {
  for (;;) {
    const asked = watch.now();
    const end = await readEnd(location);
    if (!isFaulty(end) || (await staysFaulty(location, end))) return summaryOf(location, end, watch, asked);
  }
}

/** @throws AuditStoreError */
export function requireKnownVersion(location: StoreLocation, { version }: AuditHead): void {
  if (version > storeVersion(location)) throw newerItems(location, version);
}

function summaryOf(
  location: StoreLocation,
  { head, last }: End,
  watch: LeaseWatch,
  asked: number,
): AuditSummary {
  const { latest: _, ...nothing } = NOTHING_YET;
  if (!head) return { ...nothing, last };
  requireKnownVersion(location, head);
  const { version, storeId, token, chain, settled } = head;
  const ready = version === storeVersion(location);
  return { ready, storeId, token, head: chain, last, settled, holder: watch.holderOf(head, asked) };
}

async function readEnd(location: StoreLocation): Promise<End> {
  const { pk, sk } = headKey(location);
  const query = {
    TableName: location.table,
    KeyConditionExpression: 'pk = :pk AND sk <= :head',
    ExpressionAttributeValues: { ':pk': pk, ':head': sk },
    ScanIndexForward: false,
    Limit: 2,
  };
  for await (const page of location.calls.query(query)) return endOf(page);
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

/** Whether head and entries still differ in one transaction, while the head has not moved. */
async function staysFaulty(location: StoreLocation, { head, at }: End): Promise<boolean> {
  const { seq } = head?.chain ?? EMPTY_CHAIN;
  const { pk, sk } = entryKey(location, seq);
  const behindFirst = [...new Set([sk, at ?? sk])].toSorted().toReversed();
  const keys = [headKey(location), ...behindFirst.map((each) => ({ pk, sk: each }))];
  const found = await location.calls.getTogether(location.table, keys);
  const now = endOf(found.filter((item) => item !== undefined));
  return isFaulty(now) && (now.head?.chain.seq ?? 0) === seq;
}
