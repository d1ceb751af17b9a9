import { EventQueue, type EventOwner, type SimulatedEvent } from './event-queue.js';
import type { Violation } from '../model/violation.js';
import type { Random } from './random.js';

/** When the world begins, on a clock that is right. */
export const EPOCH = Date.UTC(2026, 0, 1);

/** Called after every step, when nothing can happen any more without another step. */
export type AfterStep = (event: SimulatedEvent) => void;

/**
 * Owns time. Exactly one event happens at a time; then everything that follows from it without another event does;
 * then `afterStep` looks at the result.
 */
export class World {
  /** Milliseconds since the world began. */
  now = 0;
  steps = 0;
  /** Set by the first thing that must not be; nothing happens after it. */
  violation: Violation | undefined;
  afterStep: AfterStep = () => {};
  /** One line for each step; undefined when nobody wants to read it. */
  readonly trace: string[] | undefined;
  readonly #events = new EventQueue();

  constructor(
    readonly random: Random,
    traced: boolean,
  ) {
    this.trace = traced ? [] : undefined;
  }

  /** Something happens in `delay` milliseconds. */
  schedule(delay: number, label: () => string, run: () => void, owner?: EventOwner): SimulatedEvent {
    const event = { at: this.now + delay, owner, label, run, cancelled: false };
    this.#events.push(event, this.random.next());
    return event;
  }

  /** Lets events happen until `until` says so, a violation is found or there are none left. */
  async advance(until: () => boolean): Promise<void> {
    while (!this.violation && !until()) {
      const event = this.#events.pop();
      if (!event) return;
      if (!event.cancelled) await this.#step(event);
    }
  }

  /** A remark in the trace, below the step that it belongs to. */
  note(text: () => string): void {
    this.trace?.push(`        ${text()}`);
  }

  async #step(event: SimulatedEvent): Promise<void> {
    this.now = event.at;
    this.steps++;
    this.trace?.push(`#${this.steps} ${this.now.toFixed(1)} ms: ${event.label()}`);
    event.run();
    await settled();
    this.afterStep(event);
  }
}

/**
 * Resolves when no promise is left that can go on by itself.
 *
 * Node empties the queue of microtasks before it takes the next tick; this relies on being called in a microtask.
 */
export function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
