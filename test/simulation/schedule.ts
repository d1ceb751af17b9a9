import { ENGINE, type Engine } from './engine.js';
import type { Violation } from './model/violation.js';
import { Cluster } from './scenario/cluster.js';
import { comeToRest } from './scenario/rest.js';
import { drawScenario, type Scenario } from './scenario/scenario.js';
import { weatherTheStorm } from './scenario/storm.js';
import { Random } from './world/random.js';
import { World } from './world/world.js';

/** How a schedule is run. */
export interface ScheduleOptions {
  /** @default the engine as it is shipped */
  readonly engine?: Engine;
  /** False breaks the servers on purpose: they take writes of anybody. @default true */
  readonly checksFence?: boolean;
  /** Passes over the schedules whose scenario it does not want. @default all are wanted */
  readonly shows?: (scenario: Scenario) => boolean;
  /** Keep one line for each step. @default false */
  readonly traced?: boolean;
}

/** What became of a schedule. */
export interface ScheduleResult {
  readonly seed: number;
  readonly steps: number;
  /** What must never be, and was. */
  readonly violation: Violation | undefined;
  /** How often each interesting situation came about. */
  readonly sightings: ReadonlyMap<string, number>;
  /** One line for each step, when it was traced. */
  readonly trace: readonly string[];
}

/** Runs the schedule of a seed: first in its weather, then calmly until nothing is left to do. Same seed, same schedule. */
export async function runSchedule(seed: number, options: ScheduleOptions = {}): Promise<ScheduleResult> {
  const { engine = ENGINE, checksFence = true, shows = () => true, traced = false } = options;
  const random = new Random(seed);
  const world = new World(random, traced);
  const cluster = new Cluster(world, engine, drawScenario(random), checksFence);
  world.note(() => JSON.stringify(cluster.scenario));
  if (shows(cluster.scenario)) await playOut(cluster);
  return {
    seed,
    steps: world.steps,
    violation: world.violation,
    sightings: cluster.ledger.sightings,
    trace: world.trace ?? [],
  };
}

async function playOut(cluster: Cluster): Promise<void> {
  // The world relies on being run by a microtask, and what the last schedule left gets its turn.
  await new Promise((resolve) => setImmediate(resolve));
  await withoutStacks(async () => {
    await weatherTheStorm(cluster);
    await comeToRest(cluster);
  });
}

/** Stacks cost more than all the rest, and the trace tells more. */
async function withoutStacks(work: () => Promise<void>): Promise<void> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
