import { Chaos } from './chaos.js';
import type { Cluster } from './cluster.js';
import { resolveOne, undoSome } from './operator.js';
import { Replica } from './replica.js';

/** No schedule takes longer than this in its own time, in milliseconds. */
const LONGEST_MS = 30 * 60_000;

/** Replicas boot and operators come while things go wrong, until all of them have ended one way or the other. */
export async function weatherTheStorm(cluster: Cluster): Promise<void> {
  const { world, scenario, wire } = cluster;
  const chaos = new Chaos(cluster);
  wire.weather = scenario.weather;
  wire.slowest = 1.5 * scenario.leaseMs;
  const replicas = scenario.replicas.map((shape) => new Replica(cluster, shape));
  bringOperators(cluster);
  world.afterStep = ({ owner }) => {
    chaos.strike(owner);
    for (const replica of replicas) replica.look();
  };
  await world.advance(() => world.now > LONGEST_MS);
  const living = cluster.processes.filter(({ alive }) => alive);
  if (living.length && !world.violation)
    cluster.ledger.violated('ends', `never end: ${living.map(({ name }) => name).join(', ')}`);
}

function bringOperators(cluster: Cluster): void {
  const { world, scenario } = cluster;
  const bring = (what: string, moments: readonly number[], work: () => Promise<void>): void => {
    for (const at of moments)
      world.schedule(
        at,
        () => `an operator ${what}`,
        () => void work(),
      );
  };
  bring('undoes', scenario.undoAt, () => undoSome(cluster));
  bring('resolves', scenario.resolveAt, () => resolveOne(cluster, false));
}
