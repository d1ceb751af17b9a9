import { ENGINE, type Engine } from './engine.js';
import type { Violation } from './model/violation.js';
import { Cluster } from './scenario/cluster.js';
import { comeToRest } from './scenario/rest.js';
import { type Backup, takeBackup } from './scenario/mishap.js';
import { drawScenario, inNeighbour, type Scenario } from './scenario/scenario.js';
import { Site } from './scenario/site.js';
import { weatherTheStorm } from './scenario/storm.js';
import { suffer } from './scenario/suffer.js';
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
  readonly coverage: ReadonlyMap<string, number>;
  /** One line for each step, when it was traced. */
  readonly trace: readonly string[];
}

/** Runs the schedule of a seed: first in its weather, then calmly until nothing is left to do. Same seed, same schedule. */
export async function runSchedule(seed: number, options: ScheduleOptions = {}): Promise<ScheduleResult> {
  const { engine = ENGINE, checksFence = true, shows = () => true, traced = false } = options;
  const random = new Random(seed);
  const world = new World(random, traced);
  const scenario = drawScenario(random);
  const site = new Site(world, engine, scenario, checksFence);
  world.note(() => JSON.stringify(scenario));
  if (shows(scenario)) await playOut(site, scenario);
  return {
    seed,
    steps: world.steps,
    violation: world.violation,
    coverage: site.coverage,
    trace: world.trace ?? [],
  };
}

async function playOut(site: Site, scenario: Scenario): Promise<void> {
  // The world relies on being run by a microtask, and what the last schedule left gets its turn.
  await new Promise((resolve) => setImmediate(resolve));
  await withoutStacks(async () => {
    const app = new Cluster(site, scenario);
    const apps = [app, ...neighbours(site, scenario)] as const;
    const backup = orderBackup(app);
    await weatherTheStorm(apps, '');
    if (scenario.mishap && !site.world.violation)
      await suffer(app, scenario.mishap, backup(), (round) => weatherTheStorm(apps, round));
    for (const each of apps) if (!site.world.violation) await comeToRest(each);
  });
}

function neighbours(site: Site, { neighbour, targets, ...scenario }: Scenario): Cluster[] {
  const news = { imported: 0, neighbour: undefined, mishap: undefined, undoAt: [], resolveAt: [] };
  return neighbour
    ? [new Cluster(site, { ...scenario, ...neighbour, ...news, targets: inNeighbour(targets) })]
    : [];
}

/** Takes a backup in time, where the schedule will need it. */
function orderBackup(app: Cluster): () => Backup | undefined {
  const { world, scenario } = app;
  let backup: Backup | undefined;
  if (scenario.mishap?.kind === 'restored')
    world.schedule(
      scenario.mishap.backupAt,
      () => 'a backup is due',
      () => (backup = takeBackup(app)),
    );
  return () => backup;
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
