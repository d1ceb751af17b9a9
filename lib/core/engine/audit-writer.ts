import { appendToChain } from '../kit/hash-chain.js';
import { type Deadline, deadlineIn, inTime, remaining } from '../kit/time-limits.js';
import type { AuditEntry, AuditEntryDraft, ChainHead } from '../model/audit-entry.js';
import type { AuditStore } from '../model/audit-store.js';
import type { Clock } from '../model/clock.js';
import { AppendRefusedError, AuditStoreError, StaleFenceError } from '../model/errors.js';
import { messageOf } from '../text/error-text.js';
import type { Lease } from './lease.js';

const RETRY_MS = 200;

/** Appends audit entries to the chain under the lease. */
export class AuditWriter {
  #head: ChainHead;

  readonly #store: AuditStore;
  readonly #lease: Lease;
  readonly #clock: Clock;

  constructor(store: AuditStore, lease: Lease, clock: Clock, head: ChainHead) {
    this.#store = store;
    this.#lease = lease;
    this.#clock = clock;
    this.#head = head;
  }

  /**
   * Appends all drafts in one write. Retries a write without an answer while the lease lives, at most for one lease
   * length, so that a write which always fails ends even though the lease is renewed.
   *
   * @throws LockLostError, or AuditStoreError when the store refuses or stays silent
   */
  async append(drafts: readonly AuditEntryDraft[]): Promise<readonly AuditEntry[]> {
    const entries = appendToChain(this.#head, drafts);
    let deadline: Deadline | undefined;
    for (let silence: unknown; ;) {
      this.#lease.guard();
      try {
        await this.#inTime(this.#store.append(entries, this.#lease.fence));
      } catch (error) {
        if (error instanceof StaleFenceError) throw this.#lease.lose('another process took it');
        const isRefused = error instanceof AppendRefusedError;
        if (isRefused && silence === undefined) throw refused(this.#store, entries, error);
        silence ??= error;
        deadline ??= this.#deadline();
        const landed = await this.landed(entries, silence, deadline);
        // A refusal of this try does not tell what became of the try before.
        if (isRefused && !landed) throw silent(this.#store, entries, silence);
        if (!landed && this.#isOver(deadline)) throw silent(this.#store, entries, silence);
        if (!landed) continue;
      }
      this.advance(entries);
      return entries;
    }
  }

  /** Appends as part of a target system's transaction. The chain counts them only after `advance`. */
  async appendWithin(session: unknown, drafts: readonly AuditEntryDraft[]): Promise<readonly AuditEntry[]> {
    const entries = appendToChain(this.#head, drafts);
    this.#lease.guard();
    await this.#store.append(entries, this.#lease.fence, session);
    return entries;
  }

  /** The last entry of the chain that this process knows. */
  get head(): ChainHead {
    return this.#head;
  }

  /** The entries are durable: the chain ends with the last of them. */
  advance(entries: readonly AuditEntry[]): void {
    const last = entries.at(-1);
    if (last) this.#head = { seq: last.seq, hash: last.hash };
  }

  /**
   * Tells whether a write whose answer was lost has happened. Asks until the store answers.
   *
   * The renewal waits for pending writes to the lock row, so the answer cannot change afterwards.
   *
   * @param deadline - asked once at least, and not again after it
   * @throws LockLostError, or AuditStoreError with `cause` when the lease or the time ends before the store answers
   */
  async landed(
    entries: readonly AuditEntry[],
    cause: unknown,
    deadline: Deadline = this.#deadline(),
  ): Promise<boolean> {
    for (;;) {
      await this.#clock.sleep(RETRY_MS, this.#lease.signal);
      const head = await this.#settledHead().catch(() => undefined);
      if (head === 'stale') throw this.#lease.lose('another process took it');
      if (head) return head.hash === entries.at(-1)?.hash;
      if (this.#lease.signal.aborted || this.#isOver(deadline)) throw silent(this.#store, entries, cause);
    }
  }

  #deadline(): Deadline {
    return deadlineIn(this.#clock, this.#lease.fence.leaseMs);
  }

  #isOver(deadline: Deadline): boolean {
    return remaining(this.#clock, deadline) <= 0;
  }

  async #settledHead(): Promise<ChainHead | 'stale'> {
    const look = async (): Promise<ChainHead | 'stale'> =>
      (await this.#store.renew(this.#lease.fence)) ? (await this.#store.summary()).head : 'stale';
    return this.#inTime(look());
  }

  /** An answer that takes longer than a lease counts as none. The lease may still live: renewals use another connection. */
  #inTime<T>(answer: Promise<T>): Promise<T> {
    const { fence, signal } = this.#lease;
    return inTime(this.#clock, fence.leaseMs, answer, [signal]);
  }
}

/** True when the store refused the append. */
export function isRefused(error: unknown): boolean {
  return error instanceof AuditStoreError && error.cause instanceof AppendRefusedError;
}

function list(entries: readonly AuditEntry[]): string {
  return entries.map(({ state, changeId }) => `${state} of '${changeId}'`).join(', ');
}

function refused(
  { name }: AuditStore,
  entries: readonly AuditEntry[],
  cause: AppendRefusedError,
): AuditStoreError {
  return new AuditStoreError(`The audit store ${name} refused to record ${list(entries)}: ${cause.message}`, {
    cause,
    fix: cause.fix.length
      ? cause.fix
      : [
          'give the audit store what it lacks (rights, space), then start again: the next run goes on from what is recorded',
        ],
  });
}

function silent({ name }: AuditStore, entries: readonly AuditEntry[], cause: unknown): AuditStoreError {
  return new AuditStoreError(
    `The audit store ${name} did not answer whether it recorded ${list(entries)} as long as a lease lasts: ${messageOf(cause)}`,
    {
      cause,
      fix: ['make the audit store reachable, then start again: the next run decides from what is recorded'],
    },
  );
}
