import type { AuditEntry, AuditEntryDraft, ChainHead } from './audit-entry.js';
import type { AuditStore } from './audit-store.js';
import type { Clock } from './clock.js';
import { type Deadline, deadlineIn, remaining } from './deadline.js';
import { messageOf } from './error-text.js';
import { AppendRefusedError, AuditStoreError, StaleFenceError } from './errors.js';
import { appendToChain } from './hash-chain.js';
import type { Lease } from './lease.js';
import { inTime } from './in-time.js';

const RETRY_MS = 200;

/** Writes audit entries behind the head of the chain, on the strength of the lease. */
export class Journal {
  #head: ChainHead;

  constructor(
    private readonly store: AuditStore,
    private readonly lease: Lease,
    private readonly clock: Clock,
    head: ChainHead,
  ) {
    this.#head = head;
  }

  /**
   * Appends all drafts in one write. A write without an answer is tried again while the lease lives, for as long as a lease
   * lasts: however often the lease is renewed, what fails for ever comes to an end.
   *
   * @throws LockLostError, or AuditStoreError when the store refuses or stays silent
   */
  async append(drafts: readonly AuditEntryDraft[]): Promise<readonly AuditEntry[]> {
    const entries = appendToChain(this.#head, drafts);
    let deadline: Deadline | undefined;
    for (let silence: unknown; ;) {
      this.lease.guard();
      try {
        await this.inTime(this.store.append(entries, this.lease.fence));
      } catch (error) {
        if (error instanceof StaleFenceError) throw this.lease.lose('another process took it');
        const isRefused = error instanceof AppendRefusedError;
        if (isRefused && silence === undefined) throw refused(this.store, entries, error);
        silence ??= error;
        deadline ??= this.deadline();
        const landed = await this.landed(entries, silence, deadline);
        // Not an answer to the try before it, which may still arrive.
        if (isRefused && !landed) throw silent(this.store, entries, silence);
        if (!landed && this.isOver(deadline)) throw silent(this.store, entries, silence);
        if (!landed) continue;
      }
      this.advance(entries);
      return entries;
    }
  }

  /** Appends as part of a target system's transaction. The chain counts them only after `advance`. */
  async appendWithin(session: unknown, drafts: readonly AuditEntryDraft[]): Promise<readonly AuditEntry[]> {
    const entries = appendToChain(this.#head, drafts);
    this.lease.guard();
    await this.store.append(entries, this.lease.fence, session);
    return entries;
  }

  /** Where the chain ends as far as this process knows. */
  get head(): ChainHead {
    return this.#head;
  }

  /** The entries are durable: the chain ends with the last of them. */
  advance(entries: readonly AuditEntry[]): void {
    const last = entries.at(-1);
    if (last) this.#head = { seq: last.seq, hash: last.hash };
  }

  /**
   * Whether a write whose answer was lost has happened; asks until the store answers.
   *
   * Renewing first waits for whatever the server still does with the lock row, so the answer cannot change afterwards.
   *
   * @param deadline - asked once at least, and not again after it
   * @throws LockLostError, or AuditStoreError with `cause` when the lease or the time ends before the store answers
   */
  async landed(
    entries: readonly AuditEntry[],
    cause: unknown,
    deadline: Deadline = this.deadline(),
  ): Promise<boolean> {
    for (;;) {
      await this.clock.sleep(RETRY_MS, this.lease.signal);
      const head = await this.settledHead().catch(() => undefined);
      if (head === 'stale') throw this.lease.lose('another process took it');
      if (head) return head.hash === entries.at(-1)?.hash;
      if (this.lease.signal.aborted || this.isOver(deadline)) throw silent(this.store, entries, cause);
    }
  }

  private deadline(): Deadline {
    return deadlineIn(this.clock, this.lease.fence.leaseMs);
  }

  private isOver(deadline: Deadline): boolean {
    return remaining(this.clock, deadline) <= 0;
  }

  private async settledHead(): Promise<ChainHead | 'stale'> {
    const look = async (): Promise<ChainHead | 'stale'> =>
      (await this.store.renew(this.lease.fence)) ? (await this.store.summary()).head : 'stale';
    return this.inTime(look());
  }

  /** No answer within a lease is none, although the lease may live: its renewals take another connection. */
  private inTime<T>(answer: Promise<T>): Promise<T> {
    const { fence, signal } = this.lease;
    return inTime(this.clock, fence.leaseMs, answer, [signal]);
  }
}

/** True for the error of an append that the store answered with no. */
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
