import { EMPTY_CHAIN } from '../../../lib/core/kit/hash-chain.js';
import type { ChainHead } from '../../../lib/core/model/audit-entry.js';
import type { Fence, LeaseHolder, Settled } from '../../../lib/core/model/audit-store.js';

/** What the store keeps of its namespace beside the entries: one row. Times are those of its server. */
export interface AuditRecord {
  readonly storeId: string;
  readonly token: number;
  readonly holder: string;
  readonly host: string;
  readonly since: number;
  /** 0 once the lease was released. */
  readonly until: number;
  readonly leaseMs: number;
  /** Grows with every write that who waits for the lease may see. */
  readonly writes: number;
  readonly head: ChainHead;
  readonly settled: Settled;
}

/** The row of a store that was made just now. */
export function newRecord(storeId: string): AuditRecord {
  return {
    storeId,
    token: 0,
    holder: '',
    host: '',
    since: 0,
    until: 0,
    leaseMs: 0,
    writes: 0,
    head: EMPTY_CHAIN,
    settled: { seq: 0, digests: [] },
  };
}

/** The row with the lease held from `now` on. */
export function heldFrom(record: AuditRecord, now: number, leaseMs: number): AuditRecord {
  return { ...record, until: now + leaseMs, leaseMs, writes: record.writes + 1 };
}

/** A token begins again when a store is made anew; a holder's name never comes again. */
export function isCurrent({ token, holder }: AuditRecord, fence: Fence): boolean {
  return token > 0 && token === fence.token && holder === fence.holder;
}

/** Who took the lease last, as it is written. */
export function writtenIn({ holder, host, since, until }: AuditRecord): LeaseHolder {
  return { holder, host, since: new Date(since).toISOString(), until: new Date(until).toISOString() };
}
