import type { SimulatedEvent } from '../world/event-queue.js';
import type { World } from '../world/world.js';

/** Who holds a row or waits for it. */
export interface LockOwner {
  readonly name: string;
}

interface Waiter {
  readonly owner: LockOwner;
  readonly granted: () => void;
  readonly answerTimeout: SimulatedEvent;
}

/** The lock on one row of a server. First come, first served; nobody waits for ever. */
export class RowLock {
  #holder: LockOwner | undefined;
  readonly #waiting: Waiter[] = [];

  constructor(
    private readonly world: World,
    private readonly row: string,
    private readonly waitMs: number,
  ) {}

  /** Calls `granted` at once or when the row is free; `refused` when that takes too long. */
  take(owner: LockOwner, granted: () => void, refused: (error: Error) => void): void {
    if (this.#holder === owner) return granted();
    if (!this.#holder) {
      this.#holder = owner;
      return granted();
    }
    this.world.note(() => `${owner.name} waits for the ${this.row}, which ${this.#holder?.name} holds`);
    const answerTimeout = this.world.schedule(
      this.waitMs,
      () => `${owner.name} has waited for the ${this.row} long enough`,
      () => {
        this.#waiting.splice(
          this.#waiting.findIndex(({ answerTimeout: mine }) => mine === answerTimeout),
          1,
        );
        refused(new Error(`the ${this.row} is still held by ${this.#holder?.name}`));
      },
    );
    this.#waiting.push({ owner, granted, answerTimeout });
  }

  release(owner: LockOwner): void {
    if (this.#holder !== owner) return;
    const next = this.#waiting.shift();
    this.#holder = next?.owner;
    if (!next) return;
    next.answerTimeout.cancelled = true;
    this.world.schedule(0, () => `${next.owner.name} gets the ${this.row}`, next.granted);
  }
}
