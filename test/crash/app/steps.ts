import { existsSync } from 'node:fs';
import type { Job } from './messages.js';
import { told } from './tell.js';

/** Hears of every step before it is done, and may do something first. */
export interface Announcer {
  at(step: string): Promise<void>;
}

/** A blocked process does not hear that its parent is gone: it waits no longer than a test may take. */
const LONGEST_BLOCK_MS = 100_000;

/** Announces every step of a job, and stays at the one where the parent wants to act. */
export class Steps implements Announcer {
  readonly seen: string[] = [];
  private resume: (() => void) | undefined;
  private paused = false;

  constructor(private readonly where: Pick<Job, 'pauseAt' | 'blockUntil'> = {}) {}

  async at(step: string): Promise<void> {
    this.seen.push(step);
    const announced = told({ type: 'step', step });
    if (step !== this.where.pauseAt || this.paused) return;
    this.paused = true;
    await announced;
    const { blockUntil } = this.where;
    if (blockUntil === undefined) await new Promise<void>((resolve) => (this.resume = resolve));
    else block(blockUntil);
  }

  /** Leaves the step where the job stays. */
  go(): void {
    this.resume?.();
  }
}

function block(file: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const deadline = Date.now() + LONGEST_BLOCK_MS;
  while (!existsSync(file)) {
    if (Date.now() > deadline) process.exit(1);
    Atomics.wait(pause, 0, 0, 20);
  }
}
