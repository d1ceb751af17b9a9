import type { Clock } from '../../../lib/core/clock.js';
import type { SimulatedEvent } from './event-queue.js';
import { EPOCH, type World } from './world.js';

/** How the clocks of a machine differ from the world's. */
export interface ClockTraits {
  /** Milliseconds that its wall clock is off; hours are fine. */
  readonly skew: number;
  /** How fast its clocks go; 1 is right. */
  readonly rate: number;
}

/** What stands still while a process is stopped: nothing (SIGSTOP), or one of the machine's clocks. */
export type StallKind = 'stopped' | 'monotonic stands' | 'wall stands';

/** Something of this process that its end breaks: a connection with an open transaction. */
export interface Breakable {
  breakOff(): void;
}

/** One operating system process: what reaches it happens while it lives and runs. */
export class SimulatedProcess {
  alive = true;
  stalled = false;
  readonly holdings = new Set<Breakable>();
  /** Its last call, and whether that has reached its server; for the count of what crashed where. */
  lastCall = 'boot';
  phase: 'sent' | 'done' = 'done';
  readonly clock: Clock;
  #backlog: { readonly event: SimulatedEvent; readonly run: () => void }[] = [];
  #lost = { monotonic: 0, wall: 0 };
  readonly #born: number;

  constructor(
    readonly world: World,
    readonly name: string,
    readonly traits: ClockTraits,
  ) {
    this.#born = world.now;
    this.clock = {
      now: () => Math.round(EPOCH + traits.skew + world.now * traits.rate - this.#lost.wall),
      monotonic: () => (world.now - this.#born) * traits.rate - this.#lost.monotonic,
      sleep: (ms, signal) => this.#sleep(ms, signal),
      random: world.random.next,
    };
  }

  /** Something reaches this process in `delay` milliseconds: later when it is stopped then, never when it is dead. */
  deliver(delay: number, label: () => string, run: () => void): SimulatedEvent {
    const event: SimulatedEvent = this.world.schedule(delay, label, () => this.#receive(event, run), this);
    return event;
  }

  calls(name: string): void {
    this.lastCall = name;
    this.phase = 'sent';
  }

  crash(): void {
    this.alive = false;
    this.#backlog = [];
    for (const holding of this.holdings) holding.breakOff();
  }

  /** Stops for `ms` milliseconds; what arrives meanwhile waits. */
  stall(ms: number, kind: StallKind): void {
    this.stalled = true;
    this.world.schedule(
      ms,
      () => `${this.name} goes on after ${Math.round(ms)} ms (${kind})`,
      () => {
        this.stalled = false;
        if (kind === 'monotonic stands') this.#lost.monotonic += ms * this.traits.rate;
        if (kind === 'wall stands') this.#lost.wall += ms * this.traits.rate;
        this.#wake();
      },
    );
  }

  #wake(): void {
    const waiting = this.#backlog;
    this.#backlog = [];
    for (const { event, run } of waiting)
      if (!event.cancelled) this.deliver(this.world.random.between(0, 2), event.label, run);
  }

  #receive(event: SimulatedEvent, run: () => void): void {
    if (!this.alive) return this.world.note(() => `${this.name} is dead`);
    if (!this.stalled) return run();
    this.#backlog.push({ event, run });
    this.world.note(() => `${this.name} is stopped`);
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const timer = this.deliver(
        Math.max(0, ms) / this.traits.rate,
        () => `${this.name} timer of ${Math.round(ms)} ms`,
        wake,
      );
      const onAbort = (): void => {
        timer.cancelled = true;
        resolve();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
