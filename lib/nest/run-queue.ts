import { randomUUID } from 'node:crypto';
import type { RunRequest } from '../core/settings.js';
import { watchStopSignals } from './stop-signals.js';

/** How work in the queue can be stopped from outside. */
export interface RunQueueOptions {
  readonly stopOnSignals: boolean;
  /** Told once a signal asks for a stop. */
  readonly onSignal: (signal: NodeJS.Signals) => void;
}

/** Calls of the engine that take the lock, one after the other within this process. */
export class RunQueue {
  private tail: Promise<unknown> = Promise.resolve();
  private current: AbortController | undefined;
  private closing: Error | undefined;

  constructor(private readonly options: RunQueueOptions) {}

  /** Starts `work` when what stands before it has ended. Its stop fires by `signal`, a process signal or `close()`. */
  enqueue<T>(work: (request: RunRequest) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = this.tail.then(() => this.perform(work, signal));
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Asks what runs, and all that follows, to stop; resolves when nothing runs any more. */
  async close(reason: string): Promise<void> {
    this.closing = new Error(reason);
    this.current?.abort(this.closing);
    await this.tail;
  }

  private async perform<T>(work: (request: RunRequest) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const controller = new AbortController();
    this.current = controller;
    if (this.closing) controller.abort(this.closing);
    const stop = signal ? AbortSignal.any([controller.signal, signal]) : controller.signal;
    const unwatch = this.watch(controller);
    try {
      return await work({ executionId: randomUUID(), stop });
    } finally {
      unwatch();
      this.current = undefined;
    }
  }

  private watch(controller: AbortController): () => void {
    if (!this.options.stopOnSignals) return () => undefined;
    return watchStopSignals((signal) => {
      this.options.onSignal(signal);
      controller.abort(new Error(`${signal} was received`));
    });
  }
}
