import { NOTHING_YET } from '../../../lib/core/kit/base-audit-store.js';
import { EMPTY_CHAIN } from '../../../lib/core/kit/hash-chain.js';
import type { WatchedLease } from '../../../lib/core/kit/watched-lease.js';
import type { AuditEntry } from '../../../lib/core/model/audit-entry.js';
import type {
  Acquisition,
  AuditSnapshot,
  AuditSummary,
  Fence,
  LeaseRequest,
  Settled,
} from '../../../lib/core/model/audit-store.js';
import type { Engine } from '../engine.js';
import { judgeEntry } from '../model/judge-entry.js';
import type { Ledger } from '../model/ledger.js';
import type { Answer } from '../world/wire.js';
import { EPOCH, type World } from '../world/world.js';
import { type AuditRecord, heldFrom, isCurrent, newRecord, writtenIn } from './audit-record.js';
import { type LockOwner, RowLock } from './row-lock.js';
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

/** What a dump of the store holds. */
export interface AuditDump {
  readonly record: AuditRecord | undefined;
  readonly entries: readonly AuditEntry[];
}

/**
 * The server of the audit store: the chain and the record of one namespace, and a clock of its own.
 * Record and entries are tables apart: whoever has the rights can cut one and leave the other.
 */
export class AuditServer {
  #entries: AuditEntry[] = [];
  #latest = new Map<string, AuditEntry>();
  #record: AuditRecord | undefined;
  readonly #leaseRow: RowLock;

  constructor(
    private readonly world: World,
    private readonly engine: Engine,
    private readonly ledger: Ledger,
    private readonly traits: ServerTraits,
  ) {
    this.#leaseRow = new RowLock(world, 'lock row', traits.lockWaitMs);
  }

  open(): void {
    this.#record ??= newRecord(this.world.random.hex(32));
  }

  get judgedByWatching(): boolean {
    return this.traits.judgedByWatching;
  }

  get entries(): readonly AuditEntry[] {
    return this.#entries;
  }

  /** For who has to judge the lease by watching. */
  get lease(): WatchedLease {
    const record = this.#record ?? newRecord('');
    const holder = record.until > 0 ? writtenIn(record) : null;
    return { holder, nonce: String(record.writes), leaseMs: record.leaseMs };
  }

  summary(): AuditSummary {
    const record = this.#record;
    const { seq, hash } = this.#entries.at(-1) ?? EMPTY_CHAIN;
    if (!record) return { ...NOTHING_YET, last: { seq, hash } };
    const { storeId, token, head, settled } = record;
    const holder = record.until <= this.#now ? null : { ...writtenIn(record), liveness: 'alive' as const };
    return { ready: true, storeId, token, head, last: { seq, hash }, settled, holder };
  }

  snapshot(): AuditSnapshot {
    return { ...this.summary(), latest: [...this.#latest.values()] };
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
    answer: Answer<Acquisition | null>,
    unchanged?: string,
  ): void {
    this.#alone(owner, answer, () => {
      const record = this.#opened;
      const since = this.#now;
      const isFree = unchanged === undefined ? record.until <= since : unchanged === String(record.writes);
      if (!isFree) return null;
      const token = record.token + 1;
      this.#record = heldFrom({ ...record, token, holder, host, since }, since, leaseMs);
      this.ledger.acquired(token, holder);
      return { token, storeId: record.storeId };
    });
  }

  renew(owner: LockOwner, fence: Fence, answer: Answer<boolean>): void {
    this.#alone(owner, answer, () => {
      if (!isCurrent(this.#opened, fence)) return false;
      this.#record = heldFrom(this.#opened, this.#now, fence.leaseMs);
      return true;
    });
  }

  release(owner: LockOwner, fence: Fence, settled: Settled | undefined, answer: Answer<void>): void {
    this.#alone(owner, answer, () => {
      const record = this.#opened;
      if (!isCurrent(record, fence)) return;
      this.#record = { ...record, until: 0, writes: record.writes + 1, settled: settled ?? record.settled };
    });
  }

  /** Leaves `writes` as it is: who waits for the lease sees nothing of it. */
  settle(owner: LockOwner, settled: Settled, answer: Answer<void>): void {
    this.#alone(owner, answer, () => {
      const record = this.#opened;
      const isFree = this.traits.judgedByWatching ? record.until === 0 : record.until <= this.#now;
      if (isFree && record.head.seq === settled.seq) this.#record = { ...record, settled };
    });
  }

  adopt(owner: LockOwner, storeId: string, fence: Fence, answer: Answer<void>): void {
    this.#alone(owner, answer, () => {
      this.#requireCurrent(fence);
      this.#record = { ...this.#opened, storeId };
    });
  }

  /** Everything as it is at this moment. */
  dump(): AuditDump {
    return { record: this.#record, entries: [...this.#entries] };
  }

  /** Puts what somebody has in hand in the place of what is there: a backup, a part, nothing. */
  load({ record, entries }: AuditDump): void {
    this.#record = record;
    this.#entries = [...entries];
    this.#latest = new Map(entries.map((entry) => [entry.changeId, entry]));
  }

  get #opened(): AuditRecord {
    if (this.#record) return this.#record;
    throw new Error('the audit store has no tables');
  }

  get #now(): number {
    return EPOCH + this.world.now + this.traits.skew;
  }

  #requireCurrent(fence: Fence): void {
    if (!this.traits.checksFence || isCurrent(this.#opened, fence)) return;
    this.ledger.saw('store refused a stale fence');
    throw new this.engine.errors.StaleFenceError(`token ${fence.token} is not ${this.#record?.token}`);
  }

  #check(entries: readonly AuditEntry[], fence: Fence): void {
    this.#requireCurrent(fence);
    const next = this.#opened.head.seq + 1;
    if (entries[0]?.seq === next) return;
    this.ledger.saw('store refused a seq that is taken');
    throw new this.engine.errors.AppendRefusedError(
      `entry ${entries[0]?.seq} cannot stand where ${next} is due`,
    );
  }

  #commit(entries: readonly AuditEntry[], fence: Fence): void {
    let record = this.#opened;
    for (const entry of entries) {
      judgeEntry(this.ledger, record.head, entry, fence.token);
      this.#entries.push(entry);
      this.#latest.set(entry.changeId, entry);
      record = { ...record, head: { seq: entry.seq, hash: entry.hash } };
    }
    this.#record = isCurrent(record, fence) ? heldFrom(record, this.#now, fence.leaseMs) : record;
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
