import type { AuditEntry, ChainHead } from '../../core/audit-entry.js';
import { randomBytes } from 'node:crypto';
import type {
  Acquisition,
  AuditSummary,
  Fence,
  LeaseRequest,
  LockHolder,
  Settled,
} from '../../core/audit-store.js';
import { AppendRefusedError, StaleFenceError } from '../../core/errors.js';
import { EMPTY_CHAIN } from '../../core/hash-chain.js';
import { copyOf } from './copy.js';

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

  constructor(private readonly now: () => number) {}

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
    if (until <= this.now()) return null;
    return {
      holder,
      host,
      since: new Date(since).toISOString(),
      until: new Date(until).toISOString(),
      liveness: 'alive',
    };
  }

  /** The entry with the highest seq of each change. */
  latest(): AuditEntry[] {
    return [...new Map(this.entries.map((entry) => [entry.changeId, entry])).values()];
  }

  /** @throws StaleFenceError, AppendRefusedError; nothing has been written then */
  check(entries: readonly AuditEntry[], fence: Fence): void {
    if (fence.token !== this.#lease.token || fence.token === 0) throw staleFence(fence, this.#lease);
    for (const [index, { seq }] of entries.entries()) {
      const next = this.#head.seq + 1 + index;
      if (seq !== next)
        throw new AppendRefusedError(
          `The audit log in memory refused entry ${seq}: the next one is ${next}.`,
        );
    }
  }

  append(entries: readonly AuditEntry[], fence: Fence): void {
    this.check(entries, fence);
    this.entries.push(...copyOf(entries));
    const last = entries.at(-1);
    if (last) this.#head = { seq: last.seq, hash: last.hash };
    this.renew(fence);
  }

  acquire({ holder, host, leaseMs }: LeaseRequest): Acquisition | null {
    const since = this.now();
    if (this.#lease.until > since) return null;
    Object.assign(this.#lease, { token: this.#lease.token + 1, holder, host, since, until: since + leaseMs });
    return { token: this.#lease.token, storeId: this.#storeId };
  }

  renew({ token, leaseMs }: Fence): boolean {
    if (token !== this.#lease.token || token === 0) return false;
    this.#lease.until = this.now() + leaseMs;
    return true;
  }

  release({ token }: Fence, settled: Settled = this.#settled): void {
    if (token !== this.#lease.token) return;
    this.#lease.until = 0;
    this.#settled = settled;
  }

  settle(settled: Settled): void {
    if (this.#head.seq === settled.seq && !this.#holder()) this.#settled = settled;
  }

  /** @throws StaleFenceError */
  adopt(storeId: string, fence: Fence): void {
    this.check([], fence);
    this.#storeId = storeId;
  }
}

function staleFence({ token, holder }: Fence, lease: LeaseRow): StaleFenceError {
  const current = lease.token
    ? `token ${lease.token} of execution '${lease.holder}' is`
    : 'nobody has taken the lease, so none is';
  return new StaleFenceError(
    `The audit log in memory refused an append with fencing token ${token} of execution '${holder}': ${current} the current one.`,
  );
}
