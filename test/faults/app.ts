import { randomUUID } from 'node:crypto';
import type { RunResult } from '../../lib/core/engine/run-report.js';
import { run } from '../../lib/core/engine/run.js';
import type { AppSpec } from '../crash/app/messages.js';
import { settingsOf } from '../crash/app/perform.js';
import type { Announcer } from '../crash/app/steps.js';
import { openSystems, type Systems } from '../crash/app/systems.js';

/** Hears of every step, and does something when one is reached for the first time. */
class Trap implements Announcer {
  readonly seen: string[] = [];
  private armed: { readonly step: string; readonly spring: () => Promise<void> } | undefined;

  arm(step: string, spring: () => Promise<void>): void {
    this.armed = { step, spring };
  }

  get hasSprung(): boolean {
    return this.armed === undefined;
  }

  async at(step: string): Promise<void> {
    this.seen.push(step);
    const { armed } = this;
    if (step !== armed?.step) return;
    this.armed = undefined;
    await armed.spring();
  }
}

/** An app that lives on while its servers fail: its systems are connected once, and it runs as often as it likes. */
export class LivingApp {
  private constructor(
    private readonly spec: AppSpec,
    private readonly systems: Systems,
    private readonly trap: Trap,
  ) {}

  static async start(spec: AppSpec): Promise<LivingApp> {
    const trap = new Trap();
    return new LivingApp(spec, await openSystems(spec, trap), trap);
  }

  /** What was done since the last call. */
  takeSteps(): string[] {
    return this.trap.seen.splice(0);
  }

  /** At the first moment in which a run comes to `step`. */
  when(step: string, spring: () => Promise<void>): void {
    this.trap.arm(step, spring);
  }

  get hasSprung(): boolean {
    return this.trap.hasSprung;
  }

  run(leaseMs: number): Promise<RunResult> {
    const job = { app: this.spec, action: { type: 'run' }, host: 'app', leaseMs } as const;
    const settings = settingsOf(job, this.systems, this.trap, () => {});
    return run(settings, { executionId: randomUUID(), stop: new AbortController().signal });
  }

  close(): Promise<void> {
    return this.systems.close();
  }
}
