import { WaitsForItselfError } from '../../core/model/errors.js';

/** The state of a process's changes. `ready` means that every change of the plan is applied, or that `onBootstrap` is `'skip'`. */
export type FlamingockStatus = 'idle' | 'running' | 'ready' | 'failed';

/** Which hooks of the app Nest has called: none, some before ours, ours. */
type Hooks = 'not-begun' | 'before-ours' | 'ours';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Keeps the status, and resolves or rejects the promises of `whenReady`. */
export class Readiness {
  #current: FlamingockStatus = 'idle';
  #failure: unknown;
  #hooks: Hooks = 'not-begun';
  #waiters: readonly Waiter[] = [];

  get status(): FlamingockStatus {
    return this.#current;
  }

  /** Nest has begun to call hooks of the app, and has not called ours yet. */
  hooksBegin(): void {
    if (this.#hooks === 'not-begun') this.#hooks = 'before-ours';
  }

  /** Nest has called our hook: the run goes on by itself, so that waiting for it ends. */
  hookReached(): void {
    this.#hooks = 'ours';
  }

  /** Nothing is running, and the changes are not known to be applied. */
  idle(): void {
    this.#current = 'idle';
  }

  running(): void {
    this.#current = 'running';
  }

  /** As `running`. The returned function restores the status from before. */
  pause(): () => void {
    const before = this.#current;
    this.running();
    return () => {
      if (before === 'ready') this.ready();
      else if (before === 'failed') this.failed(this.#failure);
      else this.#current = before;
    };
  }

  ready(): void {
    this.#current = 'ready';
    for (const { resolve } of this.#takeWaiters()) resolve();
  }

  failed(error: unknown): void {
    this.#current = 'failed';
    this.#failure = error;
    for (const { reject } of this.#takeWaiters()) reject(error);
  }

  /**
   * Resolves once the status is `ready`; rejects with the error of a failed run, and at once in a hook that Nest calls before
   * ours: Nest would wait for the hook, and the hook for us. Before the first hook, and outside any app's boot, it waits.
   */
  async whenReady(): Promise<void> {
    if (this.#current === 'ready') return;
    if (this.#current === 'failed') throw this.#failure;
    if (this.#current === 'idle' && this.#hooks === 'before-ours') throw waitsForItself();
    await new Promise<void>((resolve, reject) => {
      this.#waiters = [...this.#waiters, { resolve, reject }];
    });
  }

  #takeWaiters(): readonly Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    return waiters;
  }
}

function waitsForItself(): WaitsForItselfError {
  return new WaitsForItselfError(
    'flamingock.whenReady() was called in a hook that Nest calls before the one that runs the changes, such as onModuleInit: Nest waits for the hook, and the hook would wait for what comes after it.',
    {
      fix: [
        'do what needs the changes in onApplicationBootstrap: they are applied by then',
        "or let them run earlier: FlamingockModule.forRoot({ …, runOn: 'init' }), imported before any other global module",
      ],
    },
  );
}
