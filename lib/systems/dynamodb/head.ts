import { randomUUID } from 'node:crypto';
import type { ChainHead } from '../../core/audit-entry.js';
import type { AuditHead } from '../../core/audit-head.js';
import type { Fence, LeaseRequest } from '../../core/audit-store.js';
import { EMPTY_CHAIN } from '../../core/hash-chain.js';
import { readText } from '../../core/stored-text.js';
import { numberOf, type PlainItem, textOf } from './attribute-values.js';
import { type ItemUpdate, itemUpdate } from './item-update.js';
import { storedText } from './stored-text.js';
import { headKey, type StorePlace } from './store-place.js';

const OF_HOLDER = ['holder', 'host', 'since', 'until'];

/** The item of a namespace in which nothing has been. */
export function emptyHead(place: StorePlace): PlainItem {
  return { ...headKey(place), token: 0, nonce: randomUUID(), leaseMs: 0, ...EMPTY_CHAIN };
}

/** What the item of a namespace tells, which every write to its audit changes. */
export function headOf(item: PlainItem): AuditHead {
  const text = (name: string): string => readText(textOf(item, name) ?? '');
  const { seq, hash } = EMPTY_CHAIN;
  return {
    token: numberOf(item, 'token'),
    nonce: text('nonce'),
    holder:
      textOf(item, 'holder') === undefined
        ? null
        : { holder: text('holder'), host: text('host'), since: text('since'), until: text('until') },
    leaseMs: numberOf(item, 'leaseMs'),
    chain: { seq: numberOf(item, 'seq') || seq, hash: textOf(item, 'hash') ?? hash },
  };
}

/** Takes the lease, if the item has not changed since it was read. */
export function taking(place: StorePlace, seen: AuditHead, request: LeaseRequest, nonce: string): ItemUpdate {
  const { holder, host, leaseMs } = request;
  return itemUpdate(place.table, headKey(place), {
    set: {
      token: seen.token + 1,
      nonce,
      holder: storedText(holder),
      host: storedText(host),
      since: new Date().toISOString(),
      ...lasting(leaseMs),
    },
    where: { token: seen.token, nonce: seen.nonce },
  });
}

/** Renews the lease of the current holder. */
export function renewing(place: StorePlace, fence: Fence): ItemUpdate {
  return itemUpdate(place.table, headKey(place), {
    set: { nonce: randomUUID(), ...lasting(fence.leaseMs) },
    where: ofFence(fence),
  });
}

/** Lets go of the lease. The token stays, so that it never repeats. */
export function releasing(place: StorePlace, fence: Fence): ItemUpdate {
  return itemUpdate(place.table, headKey(place), {
    set: { nonce: randomUUID() },
    remove: OF_HOLDER,
    where: ofFence(fence),
  });
}

/** Moves the end of the chain from `from` to `to`, and renews the lease by the way. */
export function advancing(
  place: StorePlace,
  fence: Fence,
  from: Pick<ChainHead, 'seq'>,
  to: ChainHead,
): ItemUpdate {
  return itemUpdate(place.table, headKey(place), {
    set: { seq: to.seq, hash: to.hash, nonce: randomUUID(), ...lasting(fence.leaseMs) },
    where: { ...ofFence(fence), seq: from.seq },
  });
}

export async function readHead(place: StorePlace): Promise<AuditHead | undefined> {
  const item = await place.calls.get(place.table, headKey(place));
  return item && headOf(item);
}

function ofFence({ token, holder }: Fence): PlainItem {
  return { token, holder: storedText(holder) };
}

/** `until` is for people, by the holder's own clock; nothing is decided by it. */
function lasting(leaseMs: number): PlainItem {
  return { leaseMs, until: new Date(Date.now() + leaseMs).toISOString() };
}
