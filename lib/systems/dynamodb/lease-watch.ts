import type { Head } from './head.js';

/** What this process knows about a lease; of what it has just come to, it knows nothing yet. */
export type LeaseState = 'free' | 'held' | 'unknown';

interface Sight {
  readonly nonce: string;
  readonly since: number;
  /** It was written while this process watched. */
  readonly hasMoved: boolean;
}

/**
 * Judges by watching whether the lease has run out: DynamoDB tells no time, and the clocks of two machines say nothing
 * about each other.
 *
 * A holder changes the item at every renewal. One that this process has seen unchanged for a whole lease, by its own
 * monotonic clock, has run out: its holder stopped trusting it before that. So who comes to a dead holder's lease waits
 * for one lease, however long ago the holder died.
 */
export class LeaseWatch {
  #seen: Sight | undefined;
  #lastLook = Number.NEGATIVE_INFINITY;

  /** @param now - a clock that never goes back, in milliseconds */
  constructor(readonly now: () => number = () => performance.now()) {}

  /** @param asked - what `now()` said before the item was asked for: it is as old as that at most */
  judge({ holder, nonce, leaseMs }: Pick<Head, 'holder' | 'nonce' | 'leaseMs'>, asked: number): LeaseState {
    const now = this.now();
    if (this.#seen?.nonce !== nonce)
      this.#seen = { nonce, since: now, hasMoved: now - this.#lastLook < leaseMs };
    this.#lastLook = asked;
    if (!holder || asked - this.#seen.since >= leaseMs) return 'free';
    return this.#seen.hasMoved ? 'held' : 'unknown';
  }
}
