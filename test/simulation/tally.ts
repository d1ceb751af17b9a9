import type { Invariant } from './model/violation.js';
import { runSchedule, type ScheduleOptions } from './schedule.js';

/** A schedule in which something was that must never be. Plain data: it crosses threads. */
export interface Failure {
  readonly seed: number;
  readonly invariant: Invariant;
  readonly what: string;
  /** One line for each step. */
  readonly trace: readonly string[];
}

/** What many schedules came to. */
export interface Tally {
  /** How many schedules were run. */
  readonly seeds: number;
  readonly steps: number;
  /** How often each interesting situation came about in all of them. */
  readonly coverage: ReadonlyMap<string, number>;
  /** The first schedule that failed. */
  readonly failure: Failure | undefined;
}

/** Runs the schedules of `count` seeds, up to the first that fails. */
export async function tally(from: number, count: number, options: ScheduleOptions = {}): Promise<Tally> {
  const coverage = new Map<string, number>();
  let steps = 0;
  for (let seed = from; seed < from + count; seed++) {
    const result = await runSchedule(seed, options);
    steps += result.steps;
    for (const [name, times] of result.coverage) coverage.set(name, (coverage.get(name) ?? 0) + times);
    if (result.violation)
      return { seeds: seed - from + 1, steps, coverage, failure: await replay(seed, options) };
  }
  return { seeds: count, steps, coverage, failure: undefined };
}

async function replay(seed: number, options: ScheduleOptions): Promise<Failure> {
  const { violation, trace } = await runSchedule(seed, { ...options, traced: true });
  if (!violation)
    throw new Error(`Seed ${seed} fails, but not when it is traced: the simulation is not deterministic.`);
  return { seed, invariant: violation.invariant, what: violation.what, trace };
}

/** A failed schedule for people: every step, what must never be, and how to see it again. */
export function describeFailure({ seed, invariant, what, trace }: Failure): string {
  return [
    ...trace,
    '',
    `Seed ${seed} violates ${invariant}: ${what}`,
    `To see it again: npm run simulate -- --seeds 1 --from ${seed}`,
  ].join('\n');
}
