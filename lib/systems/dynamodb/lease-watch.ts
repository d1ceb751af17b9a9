import type { Head } from './head.js';

/**
 * Judges by watching whether the lease has run out: DynamoDB tells no time, and the clocks of two machines say nothing
 * about each other.
 *
 * A holder changes the item at every renewal. One that this process has seen unchanged for a whole lease, by its own
 * monotonic clock, has run out: its holder stopped trusting it before that. So who comes to a dead holder's lease waits
 * for one lease, however long ago the holder died.
 */
export class LeaseWatch {
  #seen: { readonly nonce: string; readonly since: number } | undefined;

  /** To be asked as soon as the item was read. @returns true when nobody holds the lease */
  isFree({ holder, nonce, leaseMs }: Head): boolean {
    if (!holder) return true;
    const now = performance.now();
    if (this.#seen?.nonce !== nonce) this.#seen = { nonce, since: now };
    return now - this.#seen.since >= leaseMs;
  }
}
