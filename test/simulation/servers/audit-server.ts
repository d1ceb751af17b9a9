import type { AuditEntry, ChainHead } from '../../../lib/core/audit-entry.js';
import type { AuditSnapshot, Fence, LeaseRequest, LockHolder } from '../../../lib/core/audit-store.js';
import { EMPTY_CHAIN } from '../../../lib/core/hash-chain.js';
import type { Engine } from '../engine.js';
import { judgeEntry } from '../model/judge-entry.js';
import type { Ledger } from '../model/ledger.js';
import type { Answer } from '../world/wire.js';
import { EPOCH, type World } from '../world/world.js';
import { RowLock, type LockOwner } from './row-lock.js';
import type { ServerTransaction } from './server-transaction.js';

/** How a server of the simulation behaves. */
export interface ServerTraits {
  /** Milliseconds that its clock is off. */
  readonly skew: number;
  readonly lockWaitMs: number;
  /** It tells no time: who wants the lease watches its record. */
  readonly judgedByWatching: boolean;
  /** False breaks it on purpose: it takes writes of anybody. */
  readonly checksFence: boolean;
}

/** The record of the lease, for who has to judge it by watching. */
export interface LeaseRecord {
  readonly holder: LockHolder | null;
  /** Another one after every write. */
  readonly nonce: string;
  readonly leaseMs: number;
}

/** The server of the audit store: the chain and the lease of one namespace, and a clock of its own. */
export class AuditServer {
  readonly entries: AuditEntry[] = [];
  readonly #lease = { token: 0, holder: '', host: '', since: 0, until: 0, leaseMs: 0, writes: 0 };
  readonly #leaseRow: RowLock;
  #opened = false;

  constructor(
    private readonly world: World,
    private readonly engine: Engine,
    private readonly ledger: Ledger,
    private readonly traits: ServerTraits,
  ) {
    this.#leaseRow = new RowLock(world, 'lock row', traits.lockWaitMs);
  }

  open(): void {
    this.#opened = true;
  }

  get judgedByWatching(): boolean {
    return this.traits.judgedByWatching;
  }

  get lease(): LeaseRecord {
    const { until, leaseMs, writes } = this.#lease;
    return { holder: until > 0 ? this.#written : null, nonce: String(writes), leaseMs };
  }

  snapshot(): AuditSnapshot {
    if (!this.#opened) return { ready: false, latest: [], head: EMPTY_CHAIN, holder: null };
    return { ready: true, latest: [...this.ledger.latest.values()], head: this.#head, holder: this.#holder };
  }

  append(owner: LockOwner, entries: readonly AuditEntry[], fence: Fence, answer: Answer<void>): void {
    this.#alone(owner, answer, () => {
      this.#check(entries, fence);
      this.#commit(entries, fence);
    });
  }

  /** The entries become part of the transaction, which holds the lock row until its end. */
  appendWithin(
    transaction: ServerTransaction,
    entries: readonly AuditEntry[],
    fence: Fence,
    answer: Answer<void>,
  ): void {
    transaction.lock(this.#leaseRow, answer, () => {
      this.#check(entries, fence);
      transaction.atCommit(() => this.#commit(entries, fence));
    });
  }

  /** @param unchanged - the nonce with which the lease was seen to have run out; without it, the clock tells */
  acquire(
    owner: LockOwner,
    { holder, host, leaseMs }: LeaseRequest,
    answer: Answer<number | null>,
    unchanged?: string,
  ): void {
    this.#alone(owner, answer, () => {
      const since = this.#now;
      const isFree = unchanged === undefined ? this.#lease.until <= since : unchanged === this.lease.nonce;
      if (!isFree) return null;
      const token = this.#lease.token + 1;
      Object.assign(this.#lease, { token, holder, host, since });
      this.#holdFor(leaseMs);
      this.ledger.acquired(token, holder);
      return token;
    });
  }

  renew(owner: LockOwner, fence: Fence, answer: Answer<boolean>): void {
    this.#alone(owner, answer, () => {
      if (!this.#isCurrent(fence)) return false;
      this.#holdFor(fence.leaseMs);
      return true;
    });
  }

  release(owner: LockOwner, fence: Fence, answer: Answer<void>): void {
    this.#alone(owner, answer, () => {
      if (!this.#isCurrent(fence)) return;
      this.#lease.until = 0;
      this.#lease.writes++;
    });
  }

  #holdFor(leaseMs: number): void {
    this.#lease.until = this.#now + leaseMs;
    this.#lease.leaseMs = leaseMs;
    this.#lease.writes++;
  }

  get #now(): number {
    return EPOCH + this.world.now + this.traits.skew;
  }

  get #head(): ChainHead {
    const { seq, hash } = this.entries.at(-1) ?? EMPTY_CHAIN;
    return { seq, hash };
  }

  get #holder(): LockHolder | null {
    return this.#lease.until <= this.#now ? null : this.#written;
  }

  get #written(): LockHolder {
    const { holder, host, since, until } = this.#lease;
    return { holder, host, since: new Date(since).toISOString(), until: new Date(until).toISOString() };
  }

  #isCurrent({ token }: Fence): boolean {
    return token === this.#lease.token && token > 0;
  }

  #check(entries: readonly AuditEntry[], fence: Fence): void {
    const { AppendRefusedError, StaleFenceError } = this.engine.errors;
    if (this.traits.checksFence && !this.#isCurrent(fence)) {
      this.ledger.saw('store refused a stale fence');
      throw new StaleFenceError(`token ${fence.token} is not ${this.#lease.token}`);
    }
    const next = this.#head.seq + 1;
    if (entries[0]?.seq === next) return;
    this.ledger.saw('store refused a seq that is taken');
    throw new AppendRefusedError(`entry ${entries[0]?.seq} cannot stand where ${next} is due`);
  }

  #commit(entries: readonly AuditEntry[], fence: Fence): void {
    for (const entry of entries) {
      judgeEntry(this.ledger, this.#head, entry, fence.token);
      this.entries.push(entry);
    }
    if (this.#isCurrent(fence)) this.#holdFor(fence.leaseMs);
  }

  /** One statement that commits by itself, with the lock row. */
  #alone<T>(owner: LockOwner, answer: Answer<T>, work: () => T): void {
    const me = { name: owner.name };
    this.#leaseRow.take(
      me,
      () => {
        attempt(answer, work);
        this.#leaseRow.release(me);
      },
      (error) => answer.fail(error),
    );
  }
}

/** Answers with what `work` returns or throws. */
export function attempt<T>(answer: Answer<T>, work: () => T): void {
  let value: T;
  try {
    value = work();
  } catch (error) {
    return answer.fail(error);
  }
  answer.ok(value);
}
