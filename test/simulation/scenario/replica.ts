import type { RunResult } from '../../../lib/core/engine/run-report.js';
import type { SimulatedProcess } from '../world/simulated-process.js';
import type { Cluster } from './cluster.js';
import type { Edition } from './edition.js';
import { judgeResult } from './judge-result.js';
import type { ReplicaShape } from './scenario.js';

/** A machine that boots the app, and boots it again when that ended badly. */
export class Replica {
  /** True when it will not boot any more. */
  done = false;
  #boots = 0;
  #process: SimulatedProcess | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly shape: ReplicaShape,
    private readonly round: string,
  ) {
    this.#bootIn(shape.firstBoot);
  }

  /** Notices that its process has crashed. */
  look(): void {
    if (!this.#process || this.#process.alive) return;
    this.#process = undefined;
    this.#bootAgain();
  }

  #bootIn(delay: number): void {
    const { world } = this.cluster;
    world.schedule(
      delay,
      () => `${this.shape.host} boots`,
      () => this.#boot(),
    );
  }

  #bootAgain(): void {
    if (this.#boots > this.shape.reboots) this.done = true;
    else this.#bootIn(this.cluster.world.random.between(20, 2_500));
  }

  #boot(): void {
    const { host, traits, stopAfter, edition } = this.shape;
    const name = `${host}${this.round}.${++this.#boots}`;
    const process = this.cluster.start(name, traits);
    this.#process = process;
    const stop = new AbortController();
    if (stopAfter !== undefined)
      process.deliver(
        stopAfter,
        () => `${name} is asked to stop`,
        () => stop.abort(new Error('stop')),
      );
    void runOnce(this.cluster, process, { host, edition, stop: stop.signal }).then((result) => {
      this.#process = undefined;
      this.#exit(process);
      if (result.error) this.#bootAgain();
      else this.done = true;
    });
  }

  /** A while after, as an app does that lives on: what was given up may still be answered in between. */
  #exit(process: SimulatedProcess): void {
    this.cluster.world.schedule(
      this.cluster.scenario.leaseMs,
      () => `${process.name} exits`,
      () => process.crash(),
    );
  }
}

/** How an app is booted. */
export interface Boot {
  readonly host: string;
  readonly edition: Edition;
  readonly stop: AbortSignal;
}

/** Lets a process run the changes once and judges what it says. */
export async function runOnce(
  cluster: Cluster,
  process: SimulatedProcess,
  { host, edition, stop }: Boot,
): Promise<RunResult> {
  const settings = cluster.settingsOf(process, host, edition);
  const since = cluster.ledger.watchReadiness(process.name);
  const result = await cluster.engine.run(settings, { executionId: process.name, stop });
  judgeResult(cluster, result, since());
  return result;
}
