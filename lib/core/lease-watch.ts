/** A lease as it is recorded by a store whose server tells no time. */
export interface WatchedLease {
  /** Null once the lease was released. */
  readonly holder: unknown;
  /** Another one after every write of the holder. */
  readonly nonce: string;
  readonly leaseMs: number;
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
  #seen: { readonly nonce: string; readonly since: number } | undefined;

  /**
   * To be asked as soon as the record was read.
   *
   * @param nowMs - the monotonic clock of this process, in milliseconds
   * @returns true when nobody holds the lease
   */
  isFree({ holder, nonce, leaseMs }: WatchedLease, nowMs: number): boolean {
    if (!holder) return true;
    if (this.#seen?.nonce !== nonce) this.#seen = { nonce, since: nowMs };
    return nowMs - this.#seen.since >= leaseMs;
  }
}
