import type { ChainHead } from './audit-entry.js';
import type { AuditStore } from './audit-store.js';
import { EMPTY_CHAIN, faultInChain } from './hash-chain.js';

/** What a walk along the whole chain found. */
export interface AuditVerification {
  readonly intact: boolean;
  /** How many entries were found to be good. */
  readonly entries: number;
  /** The last good entry. Keep it elsewhere to notice later that the end of the chain was cut off. */
  readonly head: ChainHead;
  readonly firstBad?: { readonly seq: number; readonly reason: string };
}

/** Recomputes the hash chain from its beginning; streams, so that its length does not matter. */
export async function verifyAudit({ store }: { readonly store: AuditStore }): Promise<AuditVerification> {
  let head = EMPTY_CHAIN;
  for await (const entry of store.history({ direction: 'oldest-first' })) {
    const reason = faultInChain(head, entry);
    if (reason)
      return {
        intact: false,
        entries: head.seq,
        head,
        firstBad: { seq: Math.min(entry.seq, head.seq + 1), reason },
      };
    head = { seq: entry.seq, hash: entry.hash };
  }
  return { intact: true, entries: head.seq, head };
}
