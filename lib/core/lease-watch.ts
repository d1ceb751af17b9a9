import type { LeaseHolder, LockHolder } from './audit-store.js';

/** A lease as it is recorded by a store whose server tells no time. */
export interface WatchedLease {
  /** Null once the lease was released. */
  readonly holder: LeaseHolder | null;
  /** Another one after every write of the holder. */
  readonly nonce: string;
  readonly leaseMs: number;
}

/** What this process knows about a lease; of what it has just come to, it knows nothing yet. */
export type LeaseState = 'free' | 'held' | 'unknown';

interface Sight {
  readonly nonce: string;
  readonly since: number;
  /** It was written while this process watched. */
  readonly hasMoved: boolean;
}

/**
 * Judges by watching whether a lease has run out, for servers that tell no time: the clocks of two machines say nothing
 * about each other.
 *
 * A holder changes the record at every renewal. One that this process has seen unchanged for a whole lease, by its own
 * monotonic clock, has run out: its holder stopped trusting it before that. So who comes to a dead holder's lease waits
 * for one lease, however long ago the holder died.
 */
export class LeaseWatch {
  #seen: Sight | undefined;
  #lastLook = Number.NEGATIVE_INFINITY;

  /** @param now - a clock of this process that never goes back, in milliseconds */
  constructor(readonly now: () => number) {}

  /** @param asked - what `now()` said before the record was asked for: it is as old as that at most */
  judge({ holder, nonce, leaseMs }: WatchedLease, asked: number): LeaseState {
    const now = this.now();
    if (this.#seen?.nonce !== nonce)
      this.#seen = { nonce, since: now, hasMoved: now - this.#lastLook < leaseMs };
    this.#lastLook = asked;
    if (!holder || asked - this.#seen.since >= leaseMs) return 'free';
    return this.#seen.hasMoved ? 'held' : 'unknown';
  }

  /** As an `AuditSnapshot` tells it. */
  holderOf(lease: WatchedLease, asked: number): LockHolder | null {
    const state = this.judge(lease, asked);
    if (!lease.holder || state === 'free') return null;
    return { ...lease.holder, liveness: state === 'unknown' ? 'unknown' : 'alive' };
  }
}
