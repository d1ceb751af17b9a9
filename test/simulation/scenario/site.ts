import type { Engine } from '../engine.js';
import { TargetServer } from '../servers/target-server.js';
import type { SimulatedProcess } from '../world/simulated-process.js';
import { Wire } from '../world/wire.js';
import type { World } from '../world/world.js';
import type { Scenario } from './scenario.js';

/** What all apps of a schedule have in common: the world, the network, the servers of the target systems. */
export class Site {
  readonly wire: Wire;
  readonly targets: ReadonlyMap<string, TargetServer>;
  readonly processes: SimulatedProcess[] = [];
  /** How often each interesting situation came about. */
  readonly coverage = new Map<string, number>();

  constructor(
    readonly world: World,
    readonly engine: Engine,
    { targets, storeSkew: skew, lockWaitMs, judgedByWatching }: Scenario,
    readonly checksFence: boolean,
  ) {
    this.wire = new Wire(world);
    const traits = { skew, lockWaitMs, judgedByWatching, checksFence };
    this.targets = new Map(targets.map(({ id }) => [id, new TargetServer(world, id, traits)]));
  }
}
