import { SimulatedProcess, type StallKind } from '../world/simulated-process.js';
import type { EventOwner } from '../world/event-queue.js';
import type { Cluster } from './cluster.js';

/** Strikes processes after their steps, as the weather has it. */
export class Chaos {
  #crashes = 0;
  #stalls = 0;

  constructor(private readonly cluster: Cluster) {}

  strike(owner: EventOwner | undefined): void {
    if (!(owner instanceof SimulatedProcess) || !owner.alive) return;
    const { faultProfile } = this.cluster.wire;
    const { random } = this.cluster.world;
    const weight = IDLE.test(owner.lastCall) ? 0.15 : 1;
    if (this.#crashes < MOST_CRASHES && random.chance(faultProfile.crash * weight)) this.#crash(owner);
    else if (this.#stalls < MOST_STALLS && !owner.stalled && random.chance(faultProfile.stall * weight))
      this.#stall(owner);
  }

  #crash(process: SimulatedProcess): void {
    this.#crashes++;
    this.cluster.ledger.saw(`crash at ${phaseOf(process)}`);
    this.cluster.world.note(() => `${process.name} crashes`);
    process.crash();
  }

  #stall(process: SimulatedProcess): void {
    this.#stalls++;
    const { ledger, scenario, world } = this.cluster;
    const { random } = world;
    const leases = random.chance(0.3) ? random.between(0.1, 1) : random.between(1, 2.5);
    const kind = random.pick<StallKind>(['stopped', 'blocked', 'monotonic stands', 'wall stands']);
    ledger.saw(`stall at ${phaseOf(process)}`);
    if (kind === 'blocked' && leases > 1) ledger.saw('an event loop blocked for longer than a lease');
    world.note(() => `${process.name} is stopped`);
    process.stall(leases * scenario.leaseMs, kind);
  }
}

/** What processes do most of the time, and where little can go wrong. */
const IDLE = /^store\.(open|summary|snapshot|acquire)/;

const MOST_CRASHES = 8;
const MOST_STALLS = 4;

/** The kind of call, without what it is about, and how far it has come. */
function phaseOf({ lastCall, phase }: SimulatedProcess): string {
  const kind = lastCall
    .replace(/^T\d\./, 'target.')
    .replace(/ c\d+( part \d)?/g, '')
    .replace(/\(\d+\)/, '');
  return `${kind}, ${phase}`;
}
