import { randomUUID } from 'node:crypto';
import type { RunRequest } from '../../core/model/settings.js';
import { watchStopSignals } from './stop-signals.js';

/** How a process signal stops work in the queue. */
export interface RunQueueOptions {
  readonly stopOnSignals: boolean;
  /** Called when a signal asks for a stop. */
  readonly onSignal: (signal: NodeJS.Signals) => void;
}

/** Runs calls of the engine that take the lock one after the other within this process. */
export class RunQueue {
  #tail: Promise<unknown> = Promise.resolve();
  /** Of the running call and of those that wait. */
  readonly #stops = new Set<AbortController>();
  #closing: Error | undefined;

  readonly #options: RunQueueOptions;

  constructor(options: RunQueueOptions) {
    this.#options = options;
  }

  /** Starts `work` when all earlier work has ended. `signal`, a process signal or `close()` stops it. */
  enqueue<T>(work: (request: RunRequest) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const controller = new AbortController();
    if (this.#closing) controller.abort(this.#closing);
    this.#stops.add(controller);
    const stop = signal ? AbortSignal.any([controller.signal, signal]) : controller.signal;
    const result = this.#tail
      .then(() => this.#perform(work, stop))
      .finally(() => this.#stops.delete(controller));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Asks running and later work to stop. Resolves when nothing runs any more. */
  async close(reason: string): Promise<void> {
    this.#closing = new Error(reason);
    this.#stop(this.#closing);
    await this.#tail;
  }

  async #perform<T>(work: (request: RunRequest) => Promise<T>, stop: AbortSignal): Promise<T> {
    const unwatch = this.#watch();
    try {
      return await work({ executionId: randomUUID(), stop });
    } finally {
      unwatch();
    }
  }

  #stop(reason: Error): void {
    for (const controller of this.#stops) controller.abort(reason);
  }

  #watch(): () => void {
    if (!this.#options.stopOnSignals) return () => undefined;
    return watchStopSignals((signal) => {
      this.#options.onSignal(signal);
      this.#stop(new Error(`${signal} was received`));
    });
  }
}
