import { randomBytes } from 'node:crypto';
import { notTheEnd, staleFence } from '../../core/kit/base-audit-store.js';
import { EMPTY_CHAIN } from '../../core/kit/hash-chain.js';
import type { AuditEntry, ChainHead } from '../../core/model/audit-entry.js';
import type {
  Acquisition,
  AuditSummary,
  Fence,
  LeaseRequest,
  LockHolder,
  Settled,
} from '../../core/model/audit-store.js';
import { copyOf } from './memory-table.js';

interface LeaseRow {
  token: number;
  holder: string;
  host: string;
  since: number;
  until: number;
}

/** The chain and the lease of one namespace, as rows in memory. Every method is one atomic step. */
export class AuditLog {
  readonly entries: AuditEntry[] = [];
  #storeId = randomBytes(16).toString('hex');
  #head: ChainHead = EMPTY_CHAIN;
  #settled: Settled = { seq: 0, digests: [] };
  readonly #lease: LeaseRow = { token: 0, holder: '', host: '', since: 0, until: 0 };

  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  summary(): AuditSummary {
    const { seq, hash } = this.entries.at(-1) ?? EMPTY_CHAIN;
    return {
      ready: true,
      storeId: this.#storeId,
      token: this.#lease.token,
      head: this.#head,
      last: { seq, hash },
      settled: this.#settled,
      holder: this.#holder(),
    };
  }

  #holder(): LockHolder | null {
    const { holder, host, since, until } = this.#lease;
    if (until <= this.#now()) return null;
    return {
      holder,
      host,
      since: new Date(since).toISOString(),
      until: new Date(until).toISOString(),
      liveness: 'alive',
    };
  }

  /** The holder counts too: a log that was made anew gives out the tokens of the former one again. */
  #isCurrent({ token, holder }: Fence): boolean {
    return token > 0 && token === this.#lease.token && holder === this.#lease.holder;
  }

  /** The entry with the highest seq of each change. */
  latest(): AuditEntry[] {
    return [...new Map(this.entries.map((entry) => [entry.changeId, entry])).values()];
  }

  /** @throws StaleFenceError, AppendRefusedError; nothing has been written then */
  check(entries: readonly AuditEntry[], fence: Fence): void {
    if (!this.#isCurrent(fence)) throw staleFence(fence);
    const [first] = entries;
    if (first && first.seq !== this.#head.seq + 1) throw notTheEnd(entries, 'audit log in memory');
  }

  append(entries: readonly AuditEntry[], fence: Fence): void {
    this.check(entries, fence);
    this.entries.push(...copyOf(entries));
    const last = entries.at(-1);
    if (last) this.#head = { seq: last.seq, hash: last.hash };
    this.renew(fence);
  }

  acquire({ holder, host, leaseMs }: LeaseRequest): Acquisition | null {
    const since = this.#now();
    if (this.#lease.until > since) return null;
    Object.assign(this.#lease, { token: this.#lease.token + 1, holder, host, since, until: since + leaseMs });
    return { token: this.#lease.token, storeId: this.#storeId };
  }

  renew(fence: Fence): boolean {
    if (!this.#isCurrent(fence)) return false;
    this.#lease.until = this.#now() + fence.leaseMs;
    return true;
  }

  release(fence: Fence, settled: Settled = this.#settled): void {
    if (!this.#isCurrent(fence)) return;
    this.#lease.until = 0;
    this.#settled = settled;
  }

  settle(settled: Settled): void {
    if (this.#head.seq === settled.seq && !this.#holder()) this.#settled = settled;
  }

  adopt(storeId: string, fence: Fence): boolean {
    const isCurrent = this.#isCurrent(fence);
    if (isCurrent) this.#storeId = storeId;
    return isCurrent;
  }
}
