/** Where the process stands with its changes. `ready` is only said when every change of the plan is applied, or when told to skip. */
export type FlamingockStatus = 'idle' | 'running' | 'ready' | 'failed';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Keeps the status and those who wait for it. */
export class Readiness {
  private current: FlamingockStatus = 'idle';
  private failure: unknown;
  private waiters: readonly Waiter[] = [];

  get status(): FlamingockStatus {
    return this.current;
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

  /** Resolves once the status is `ready`; rejects with the error of a failed run. */
  async whenReady(): Promise<void> {
    if (this.current === 'ready') return;
    if (this.current === 'failed') throw this.failure;
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
