/** Something that will happen in the simulation. */
export interface SimulatedEvent {
  readonly at: number;
  /** Who it happens to, for the chaos that follows it; absent when it is nobody's. */
  readonly owner: EventOwner | undefined;
  readonly label: () => string;
  readonly run: () => void;
  cancelled: boolean;
}

/** What chaos may strike after one of its events. */
export interface EventOwner {
  readonly name: string;
}

interface Ranked {
  readonly event: SimulatedEvent;
  readonly rank: number;
}

/** Events by time; those of the same time by their rank (a binary heap). */
export class EventQueue {
  readonly #heap: Ranked[] = [];

  push(event: SimulatedEvent, rank: number): void {
    this.#heap.push({ event, rank });
    this.#rise(this.#heap.length - 1);
  }

  pop(): SimulatedEvent | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first && last && first !== last) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first?.event;
  }

  #rise(index: number): void {
    for (let child = index; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfBefore(child, parent)) return;
      child = parent;
    }
  }

  #sink(index: number): void {
    for (let parent = index; ;) {
      const left = 2 * parent + 1;
      const child = left + 1 < this.#heap.length && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (child >= this.#heap.length || !this.#swapIfBefore(child, parent)) return;
      parent = child;
    }
  }

  #swapIfBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (!a || !b || !this.#isBefore(one, other)) return false;
    this.#heap[one] = b;
    this.#heap[other] = a;
    return true;
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (!a || !b) return false;
    return a.event.at < b.event.at || (a.event.at === b.event.at && a.rank < b.rank);
  }
}
