import type { Clock } from '../../../lib/core/model/clock.js';
import type { SimulatedEvent } from './event-queue.js';
import { EPOCH, type World } from './world.js';

/** How the clocks of a machine differ from the world's. */
export interface ClockTraits {
  /** Milliseconds that its wall clock is off; hours are fine. */
  readonly skew: number;
  /** How fast its clocks go; 1 is right. */
  readonly rate: number;
}

/**
 * What stands still while a process is stopped: nothing (SIGSTOP), or one of the machine's clocks. Or its own code keeps the
 * event loop from turning: then everything that is due comes in one turn, timers first.
 */
export type StallKind = 'stopped' | 'blocked' | 'monotonic stands' | 'wall stands';

/** Something of this process that its end breaks: a connection with an open transaction. */
export interface Breakable {
  breakOff(): void;
}

/** What has reached a process. */
interface Arrival {
  readonly event: SimulatedEvent;
  readonly run: () => void;
  readonly isTimer: boolean;
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
  #backlog: Arrival[] = [];
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
  deliver(delay: number, label: () => string, run: () => void, isTimer = false): SimulatedEvent {
    const receive = (): void => this.#receive({ event, run, isTimer });
    const event: SimulatedEvent = this.world.schedule(delay, label, receive, this);
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
        this.#wake(kind);
      },
    );
  }

  #wake(kind: StallKind): void {
    const waiting = this.#backlog.filter(({ event }) => !event.cancelled);
    this.#backlog = [];
    if (kind === 'blocked') return this.#turn(waiting);
    for (const { event, run, isTimer } of waiting)
      this.deliver(this.world.random.between(0, 2), event.label, run, isTimer);
  }

  /** Nothing else happens between what comes in one turn of the event loop. */
  #turn(waiting: readonly Arrival[]): void {
    const inTurn = [
      ...waiting.filter(({ isTimer }) => isTimer),
      ...waiting.filter(({ isTimer }) => !isTimer),
    ];
    for (const [location, { event, run, isTimer }] of inTurn.entries())
      this.deliver(location * 1e-6, event.label, run, isTimer);
  }

  #receive(arrival: Arrival): void {
    if (!this.alive) return this.world.note(() => `${this.name} is dead`);
    if (!this.stalled) return arrival.run();
    this.#backlog.push(arrival);
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
        true,
      );
      const onAbort = (): void => {
        timer.cancelled = true;
        resolve();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
