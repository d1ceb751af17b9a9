import { tell } from './tell.js';

/** Announces every step of a job, and stays at the one where the parent wants to act. */
export class Steps {
  readonly seen: string[] = [];
  private resume: (() => void) | undefined;
  private paused = false;

  constructor(private readonly pauseAt: string | undefined) {}

  async at(step: string): Promise<void> {
    this.seen.push(step);
    tell({ type: 'step', step });
    if (step !== this.pauseAt || this.paused) return;
    this.paused = true;
    await new Promise<void>((resolve) => (this.resume = resolve));
  }

  /** Leaves the step where the job stays. */
  go(): void {
    this.resume?.();
  }
}
