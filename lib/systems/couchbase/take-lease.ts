import { staleFence } from '../../core/append-refusals.js';
import { isHeldBy } from '../../core/audit-head.js';
import type { Acquisition, Fence, LeaseRequest, Settled } from '../../core/audit-store.js';
import type { LeaseWatch } from '../../core/lease-watch.js';
import { type Head, notOpened, readHead, renewed, replaceHead, released, taken } from './head.js';
import type { StorePlace } from './store-place.js';

/**
 * Takes the lease if it was released or `watch` has seen it run out. When many try at once, the first one changes the
 * head, and the others are refused.
 *
 * @returns null when another holds it
 */
export async function takeLease(
  place: StorePlace,
  watch: LeaseWatch,
  request: LeaseRequest,
): Promise<Acquisition | null> {
  const asked = watch.now();
  const seen = await readHead(place);
  if (!seen) throw notOpened(place);
  if (watch.judge(seen.head, asked) !== 'free') return null;
  const head = taken(seen.head, request);
  const { token, storeId } = head;
  return (await replaceHead(place, seen, head)) ? { token, storeId } : null;
}

/** Renews the lease of the current holder. @returns false when the fence is not the current one */
export function renewLease(place: StorePlace, fence: Fence): Promise<boolean> {
  return changeAsHolder(place, fence, (head) => renewed(head, fence));
}

/** Lets go of the lease of the current holder, and records what its run has settled. */
export async function releaseLease(place: StorePlace, fence: Fence, settled?: Settled): Promise<void> {
  await changeAsHolder(place, fence, (head) => released(head, settled));
}

/** Gives the chain another store id. @throws StaleFenceError */
export async function adoptStoreId(place: StorePlace, fence: Fence, storeId: string): Promise<void> {
  if (!(await changeAsHolder(place, fence, (head) => ({ ...renewed(head, fence), storeId }))))
    throw staleFence(fence);
}

/**
 * Records what is settled at the end of the chain while nobody holds the lease. The nonce stays: who waits for the lease of
 * a dead process goes on counting.
 */
export async function settleFree(place: StorePlace, watch: LeaseWatch, settled: Settled): Promise<void> {
  for (;;) {
    const asked = watch.now();
    const seen = await readHead(place);
    if (!seen || seen.head.chain.seq !== settled.seq || watch.judge(seen.head, asked) !== 'free') return;
    if (await place.documents.replace(place.keys.head, { ...seen.head, settled }, seen.cas)) return;
  }
}

/** Again when an append of the same holder was faster. */
async function changeAsHolder(
  place: StorePlace,
  fence: Fence,
  change: (head: Head) => Head,
): Promise<boolean> {
  for (;;) {
    const seen = await readHead(place);
    if (!seen || !isHeldBy(seen.head, fence)) return false;
    if (await replaceHead(place, seen, change(seen.head))) return true;
  }
}
