import { Chaos } from './chaos.js';
import type { Cluster } from './cluster.js';
import { resolveOne, undoSome } from './operator.js';
import { Replica } from './replica.js';

/** No storm takes longer than this in its own time, in milliseconds. */
const LONGEST_MS = 30 * 60_000;

/**
 * Replicas boot and operators come while things go wrong, until all of them have ended one way or the other.
 *
 * @param round - behind the names of its processes
 */
export async function weatherTheStorm(
  clusters: readonly [Cluster, ...Cluster[]],
  round: string,
): Promise<void> {
  const [{ world, scenario, site }] = clusters;
  const chaos = new Chaos(clusters[0]);
  const begun = world.now;
  site.wire.faultProfile = scenario.faultProfile;
  site.wire.slowest = 1.5 * scenario.leaseMs;
  for (const cluster of clusters) cluster.waitMs = cluster.scenario.waitMs;
  const replicas = clusters.flatMap((cluster) =>
    cluster.scenario.replicas.map((shape) => new Replica(cluster, shape, round)),
  );
  clusters.forEach(bringOperators);
  world.afterStep = ({ owner }) => {
    chaos.strike(owner);
    for (const replica of replicas) replica.look();
  };
  await world.advance(() => world.now > begun + LONGEST_MS);
  const living = site.processes.filter(({ alive }) => alive);
  if (living.length && !world.violation)
    clusters[0].ledger.violated('ends', `never end: ${living.map(({ name }) => name).join(', ')}`);
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
