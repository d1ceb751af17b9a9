import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { EMPTY_CHAIN } from '../../../core/kit/hash-chain.js';
import { readText } from '../../../core/kit/stored-text.js';
import {
  type AuditHead,
  emptyHead,
  type HeadStorage,
  type HeadWriter,
  type LeaseWatch,
  renewal,
  type SeenHead,
} from '../../../core/kit/watched-lease.js';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import type { Fence, Settled } from '../../../core/model/audit-store.js';
import { mapOf, numberOf, type PlainItem, storedText, textOf } from '../connection/attribute-values.js';
import { isConditionFailed } from '../connection/aws-errors.js';
import { type ItemChange, type ItemUpdate, itemUpdate } from '../connection/item-update.js';
import { headKey, type StoreLocation, storeVersion } from './store-location.js';

const OF_HOLDER = ['holder', 'host', 'since', 'until'];

const WRITER: HeadWriter = { now: () => Date.now(), nonce: () => randomUUID() };

/** How the head of a namespace is read and replaced. */
export function headsIn(location: StoreLocation, watch: LeaseWatch): HeadStorage<SeenHead> {
  const { calls, table } = location;
  return {
    ...WRITER,
    watch,
    read: async () => {
      const head = await readHead(location);
      return head && { head };
    },
    replace: ({ head: seen }, head) =>
      calls.update(itemUpdate(table, headKey(location), changeOf(seen, head))).then(
        () => true,
        (error: unknown) => {
          if (isConditionFailed(error)) return false;
          throw error;
        },
      ),
  };
}

/** Only what differs is written: an attribute that somebody altered by hand stays as it is, for others to see. */
function changeOf(seen: AuditHead, head: AuditHead): ItemChange {
  const before = attributesOf(seen);
  const changed = Object.entries(attributesOf(head)).filter(
    ([name, value]) => !isDeepStrictEqual(value, before[name]),
  );
  return {
    set: { nonce: head.nonce, ...Object.fromEntries(changed) },
    remove: head.holder ? [] : OF_HOLDER,
    where: { token: seen.token, nonce: seen.nonce },
  };
}

/** The item of a namespace that has no entries yet. The process that puts it first determines the store id. */
export function emptyItem(location: StoreLocation): PlainItem {
  const version = storeVersion(location);
  const head = emptyHead({ storeId: randomBytes(16).toString('hex'), nonce: WRITER.nonce(), version });
  return { ...headKey(location), tablesVersion: version, ...attributesOf(head) };
}

/** All attributes but the version, which only `upgraded` changes. */
function attributesOf({ storeId, token, nonce, leaseMs, chain, settled, holder }: AuditHead): PlainItem {
  return {
    storeId,
    token,
    nonce,
    leaseMs,
    seq: chain.seq,
    hash: chain.hash,
    settled: storedSettled(settled),
    ...(holder && { ...holder, holder: storedText(holder.holder), host: storedText(holder.host) }),
  };
}

/** The head that an item holds. */
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

/** Records that the items of the namespace were brought from `version` to the next one. */
export function upgraded(location: StoreLocation, version: number): ItemUpdate {
  return itemUpdate(location.table, headKey(location), {
    set: { tablesVersion: version + 1 },
    where: { tablesVersion: version },
  });
}

/** Moves the end of the chain from `from` to `to`, and renews the lease in the same write. */
export function advancing(
  location: StoreLocation,
  fence: Fence,
  from: Pick<ChainHead, 'seq'>,
  to: ChainHead,
): ItemUpdate {
  return itemUpdate(location.table, headKey(location), {
    set: { seq: to.seq, hash: to.hash, ...renewal(WRITER, fence.leaseMs) },
    where: { ...ofFence(fence), seq: from.seq },
  });
}

export async function readHead(location: StoreLocation): Promise<AuditHead | undefined> {
  const item = await location.calls.get(location.table, headKey(location));
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
