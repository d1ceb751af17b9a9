import type { ChainHead } from './audit-entry.js';
import { type Append, notTheEnd, staleFence } from './append-refusals.js';
import type { Fence, Settled } from './audit-store.js';
import type { WatchedLease } from './lease-watch.js';

/** The record that every write to an audit changes, where the server tells no time: lease and end of the chain in one. */
export interface AuditHead extends WatchedLease {
  readonly token: number;
  readonly chain: ChainHead;
  readonly storeId: string;
  readonly settled: Settled;
  readonly version: number;
}

/** Whether the lease is still that of the fence. */
export function isHeldBy({ token, holder }: AuditHead, fence: Fence): boolean {
  return token === fence.token && holder?.holder === fence.holder;
}

/**
 * Judges whether the entries of an append may follow.
 *
 * @param head - as it is now; undefined when the store was never opened
 * @param audit - what holds the entries, for people: `audit table`
 * @throws StaleFenceError when the lease has another holder, AppendRefusedError when the chain ends elsewhere
 */
export function demandEnd(
  head: AuditHead | undefined,
  { entries, fence }: Append,
  audit: string,
): asserts head is AuditHead {
  if (!head || !isHeldBy(head, fence)) throw staleFence(fence);
  if (head.chain.seq !== (entries[0]?.seq ?? 0) - 1) throw notTheEnd(entries, audit);
}
