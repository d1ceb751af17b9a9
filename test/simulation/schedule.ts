import { ENGINE, type Engine } from './engine.js';
import { Violation } from './model/violation.js';
import { Chaos } from './scenario/chaos.js';
import { Cluster } from './scenario/cluster.js';
import { judgeRest } from './scenario/judge-rest.js';
import { resolveOne, undoSome } from './scenario/operator.js';
import { Replica, runOnce } from './scenario/replica.js';
import { drawScenario } from './scenario/scenario.js';
import { CALM } from './world/weather.js';
import { Random } from './world/random.js';
import { World } from './world/world.js';

/** How a schedule is run. */
export interface ScheduleOptions {
  /** @default the engine as it is shipped */
  readonly engine?: Engine;
  /** False breaks the servers on purpose: they take writes of anybody. @default true */
  readonly checksFence?: boolean;
  /** Keep one line for each step. @default false */
  readonly traced?: boolean;
}

/** What became of a schedule. */
export interface ScheduleResult {
  readonly seed: number;
  readonly steps: number;
  /** What must never be, and was. */
  readonly violation: Error | undefined;
  /** How often each interesting situation came about. */
  readonly sightings: ReadonlyMap<string, number>;
  /** One line for each step, when it was traced. */
  readonly trace: readonly string[];
}

/** No schedule takes longer than this in its own time, in milliseconds. */
const LONGEST_MS = 30 * 60_000;

/** Runs the schedule of a seed: first in its weather, then calmly until nothing is left to do. Same seed, same schedule. */
export async function runSchedule(seed: number, options: ScheduleOptions = {}): Promise<ScheduleResult> {
  const { engine = ENGINE, checksFence = true, traced = false } = options;
  await new Promise((resolve) => setImmediate(resolve));
  const random = new Random(seed);
  const world = new World(random, traced);
  const cluster = new Cluster(world, engine, drawScenario(random), checksFence);
  world.note(() => JSON.stringify(cluster.scenario));
  await withoutStacks(async () => {
    await weatherTheStorm(cluster);
    await comeToRest(cluster);
  });
  return {
    seed,
    steps: world.steps,
    violation: world.violation,
    sightings: cluster.ledger.sightings,
    trace: world.trace ?? [],
  };
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

async function weatherTheStorm(cluster: Cluster): Promise<void> {
  const { world, scenario, wire } = cluster;
  const chaos = new Chaos(cluster);
  wire.weather = scenario.weather;
  wire.slowest = 1.5 * scenario.leaseMs;
  const replicas = scenario.replicas.map((shape) => new Replica(cluster, shape));
  for (const at of scenario.undoAt)
    world.schedule(
      at,
      () => 'an operator undoes',
      () => void undoSome(cluster),
    );
  for (const at of scenario.resolveAt)
    world.schedule(
      at,
      () => 'an operator resolves',
      () => void resolveOne(cluster, false),
    );
  world.afterStep = ({ owner }) => {
    chaos.strike(owner);
    for (const replica of replicas) replica.look();
  };
  await world.advance(() => world.now > LONGEST_MS);
  const living = cluster.processes.filter(({ alive }) => alive);
  if (living.length)
    cluster.ledger.violated('ends', `never end: ${living.map(({ name }) => name).join(', ')}`);
}

async function comeToRest(cluster: Cluster): Promise<void> {
  const { ledger, world, wire, scenario } = cluster;
  wire.weather = CALM;
  cluster.waitMs = 60_000;
  world.afterStep = () => {};
  world.note(() => 'the storm is over');
  for (let boots = 0; boots <= 2 * scenario.changes.length + 2 && !world.violation; boots++) {
    const status = await bootCalmly(cluster, `rest-${boots}`);
    if (status === 'nothing-to-do') return judgeRest(cluster);
  }
  if (!world.violation) ledger.violated('ends', 'boots in calm weather never come to an end');
}

/** One boot in which nothing goes wrong; a person resolves what it cannot. */
async function bootCalmly(cluster: Cluster, name: string): Promise<string | undefined> {
  const { engine, ledger, world } = cluster;
  const process = cluster.start(name, { skew: 0, rate: 1 });
  let status: string | undefined;
  void runOnce(cluster, process, 'host-at-rest', new AbortController().signal).then(
    async ({ report, error }) => {
      if (error && !(error instanceof engine.errors.ManualInterventionError))
        ledger.violated('ends', `a boot in calm weather fails: ${error.code} ${error.message}`);
      if (error) await resolveOne(cluster, true);
      status = report.status;
    },
  );
  await world.advance(() => status !== undefined);
  if (status === undefined && !world.violation) ledger.violated('ends', `${name} never ends`);
  return status;
}

export { Violation };
