import { WaitsForItselfError } from '../core/errors.js';

/** Where the process stands with its changes. `ready` is only said when every change of the plan is applied, or when told to skip. */
export type FlamingockStatus = 'idle' | 'running' | 'ready' | 'failed';

/** What Nest has called of an app's hooks: none, some that go before ours, ours. */
type Hooks = 'not-begun' | 'before-ours' | 'ours';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Keeps the status and those who wait for it. */
export class Readiness {
  private current: FlamingockStatus = 'idle';
  private failure: unknown;
  private hooks: Hooks = 'not-begun';
  private waiters: readonly Waiter[] = [];

  get status(): FlamingockStatus {
    return this.current;
  }

  /** Nest calls hooks of the app now, and ours is still to come. */
  hooksBegin(): void {
    if (this.hooks === 'not-begun') this.hooks = 'before-ours';
  }

  /** Our hook was called: what is waited for comes without anybody's help. */
  hookReached(): void {
    this.hooks = 'ours';
  }

  /** Nothing is running, and nobody may rely on the changes. */
  idle(): void {
    this.current = 'idle';
  }

  running(): void {
    this.current = 'running';
  }

  /** As `running`; the function it returns puts back what was before. */
  pause(): () => void {
    const before = this.current;
    this.running();
    return () => {
      if (before === 'ready') this.ready();
      else if (before === 'failed') this.failed(this.failure);
      else this.current = before;
    };
  }

  ready(): void {
    this.current = 'ready';
    for (const { resolve } of this.takeWaiters()) resolve();
  }

  failed(error: unknown): void {
    this.current = 'failed';
    this.failure = error;
    for (const { reject } of this.takeWaiters()) reject(error);
  }

  /**
   * Resolves once the status is `ready`; rejects with the error of a failed run, and at once in a hook that Nest calls before
   * ours: Nest would wait for the hook, and the hook for us. Before the first hook, and outside any app's boot, it waits.
   */
  async whenReady(): Promise<void> {
    if (this.current === 'ready') return;
    if (this.current === 'failed') throw this.failure;
    if (this.current === 'idle' && this.hooks === 'before-ours') throw waitsForItself();
    await new Promise<void>((resolve, reject) => {
      this.waiters = [...this.waiters, { resolve, reject }];
    });
  }

  private takeWaiters(): readonly Waiter[] {
    const { waiters } = this;
    this.waiters = [];
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
