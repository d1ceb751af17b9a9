import { randomBytes, randomUUID } from 'node:crypto';
import type { ChainHead } from '../../core/audit-entry.js';
import type { AuditHead } from '../../core/audit-head.js';
import type { Fence, LeaseRequest, Settled } from '../../core/audit-store.js';
import { EMPTY_CHAIN } from '../../core/hash-chain.js';
import { readText } from '../../core/stored-text.js';
import { mapOf, numberOf, type PlainItem, textOf } from './attribute-values.js';
import { type ItemUpdate, itemUpdate } from './item-update.js';
import { storedText } from './stored-text.js';
import { headKey, storeVersion, type StorePlace } from './store-place.js';

const OF_HOLDER = ['holder', 'host', 'since', 'until'];

/** The item of a namespace in which nothing has been. Whoever puts it first has made the store id. */
export function emptyHead(place: StorePlace): PlainItem {
  return {
    ...headKey(place),
    tablesVersion: storeVersion(place),
    storeId: randomBytes(16).toString('hex'),
    token: 0,
    nonce: randomUUID(),
    leaseMs: 0,
    ...EMPTY_CHAIN,
    settled: storedSettled({ seq: 0, digests: [] }),
  };
}

/** What the item of a namespace tells, which every write to its audit changes. */
export function headOf(item: PlainItem): AuditHead {
  const text = (name: string): string => readText(textOf(item, name) ?? '');
  const { seq, hash } = EMPTY_CHAIN;
  return {
    version: numberOf(item, 'tablesVersion'),
    storeId: text('storeId'),
    settled: settledOf(mapOf(item, 'settled')),
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
export function releasing(place: StorePlace, fence: Fence, settled?: Settled): ItemUpdate {
  return itemUpdate(place.table, headKey(place), {
    set: { nonce: randomUUID(), ...(settled && { settled: storedSettled(settled) }) },
    remove: OF_HOLDER,
    where: ofFence(fence),
  });
}

/** Records what is settled while nobody has the lease. Leaves the nonce alone, which those who wait for the lease watch. */
export function settling(place: StorePlace, settled: Settled): ItemUpdate {
  return itemUpdate(place.table, headKey(place), {
    set: { settled: storedSettled(settled) },
    where: { seq: settled.seq },
    without: ['holder'],
  });
}

/** Gives the chain another store id. */
export function adopting(place: StorePlace, storeId: string, fence: Fence): ItemUpdate {
  return itemUpdate(place.table, headKey(place), {
    set: { storeId, nonce: randomUUID() },
    where: ofFence(fence),
  });
}

/** Notes that the items of the namespace were brought to the version behind this one. */
export function upgraded(place: StorePlace, version: number): ItemUpdate {
  return itemUpdate(place.table, headKey(place), {
    set: { tablesVersion: version + 1 },
    where: { tablesVersion: version },
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

function storedSettled({ seq, digests }: Settled): PlainItem {
  return { seq, digests: digests.join(' ') };
}

function settledOf(item: PlainItem): Settled {
  const digests = (textOf(item, 'digests') ?? '').split(' ').filter(Boolean);
  return { seq: numberOf(item, 'seq'), digests };
}

function ofFence({ token, holder }: Fence): PlainItem {
  return { token, holder: storedText(holder) };
}

/** `until` is for people, by the holder's own clock; nothing is decided by it. */
function lasting(leaseMs: number): PlainItem {
  return { leaseMs, until: new Date(Date.now() + leaseMs).toISOString() };
}
