import { isHeldBy } from '../../core/audit-head.js';
import type { Fence, LeaseRequest } from '../../core/audit-store.js';
import type { LeaseWatch } from '../../core/lease-watch.js';
import { type Head, notOpened, readHead, renewed, replaceHead, released, taken } from './head.js';
import type { StorePlace } from './store-place.js';

/**
 * Takes the lease if it was released or `watch` has seen it run out. When many try at once, the first one changes the
 * head, and the others are refused.
 *
 * @returns the new token, or null when another holds it
 */
export async function takeLease(
  place: StorePlace,
  watch: LeaseWatch,
  request: LeaseRequest,
): Promise<number | null> {
  const asked = watch.now();
  const seen = await readHead(place);
  if (!seen) throw notOpened(place);
  if (watch.judge(seen.head, asked) !== 'free') return null;
  const head = taken(seen.head, request);
  return (await replaceHead(place, seen, head)) ? head.token : null;
}

/** Renews the lease of the current holder. @returns false when the fence is not the current one */
export function renewLease(place: StorePlace, fence: Fence): Promise<boolean> {
  return changeAsHolder(place, fence, (head) => renewed(head, fence));
}

/** Lets go of the lease of the current holder. */
export async function releaseLease(place: StorePlace, fence: Fence): Promise<void> {
  await changeAsHolder(place, fence, released);
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
