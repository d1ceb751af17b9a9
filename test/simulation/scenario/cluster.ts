import type { EngineSettings } from '../../../lib/core/settings.js';
import type { TargetSystem } from '../../../lib/core/target-system.js';
import type { Engine } from '../engine.js';
import { Ledger } from '../model/ledger.js';
import { AuditServer } from '../servers/audit-server.js';
import { TargetServer } from '../servers/target-server.js';
import { SimulatedAuditStore, type Surroundings } from '../systems/simulated.audit-store.js';
import { SimulatedTargetSystem } from '../systems/simulated.target-system.js';
import { SimulatedTransactionalTargetSystem } from '../systems/simulated-transactional.target-system.js';
import { SimulatedProcess, type ClockTraits } from '../world/simulated-process.js';
import { Wire } from '../world/wire.js';
import type { World } from '../world/world.js';
import { changeOf } from './change-methods.js';
import type { Scenario, TargetShape } from './scenario.js';

/** The servers of a schedule and the network around them. */
export class Cluster {
  readonly ledger: Ledger;
  readonly wire: Wire;
  readonly processes: SimulatedProcess[] = [];
  /** How long a process waits for the lock. */
  waitMs: number;
  readonly #store: AuditServer;
  readonly #targets: ReadonlyMap<string, TargetServer>;

  constructor(
    readonly world: World,
    readonly engine: Engine,
    readonly scenario: Scenario,
    checksFence: boolean,
  ) {
    this.ledger = new Ledger(world, scenario.changes);
    this.wire = new Wire(world);
    this.waitMs = scenario.waitMs;
    const { storeSkew: skew, lockWaitMs, judgedByWatching } = scenario;
    const traits = { skew, lockWaitMs, judgedByWatching, checksFence };
    this.#store = new AuditServer(world, engine, this.ledger, traits);
    this.#targets = new Map(scenario.targets.map(({ id }) => [id, new TargetServer(world, id, traits)]));
  }

  start(name: string, traits: ClockTraits): SimulatedProcess {
    const process = new SimulatedProcess(this.world, name, traits);
    this.processes.push(process);
    return process;
  }

  /** What the engine is given in one process. */
  settingsOf(process: SimulatedProcess, host: string): EngineSettings {
    const { engine, ledger, scenario, wire } = this;
    const around: Surroundings = { process, wire, ledger, engine };
    return {
      changes: scenario.changes.map((shape) => changeOf(shape, around)),
      store: new SimulatedAuditStore(around, this.#store),
      targets: new Map(scenario.targets.map((shape) => [shape.id, this.#targetOf(shape, around)])),
      activeProfiles: [],
      imports: [],
      outOfOrder: 'warn',
      unknownChanges: 'warn',
      lock: { leaseMs: scenario.leaseMs, waitMs: this.waitMs, retryMs: 200 },
      clock: process.clock,
      identity: { host, actor: 'simulation', environment: null, appVersion: null, app: 'api' },
      emit: ({ type }) => ledger.saw(`event ${type}`),
      loggerFor: () => SILENT,
    };
  }

  #targetOf({ id, kind, commitsImplicitly }: TargetShape, around: Surroundings): TargetSystem {
    const server = this.#targets.get(id);
    if (!server) throw new Error(`there is no server ${id}`);
    if (kind === 'plain') return new SimulatedTargetSystem(around, server);
    const resource = kind === 'shared' ? this.#store : server;
    return new SimulatedTransactionalTargetSystem(around, server, resource, commitsImplicitly);
  }
}

const silent = (): void => {};
const SILENT = { log: silent, warn: silent, error: silent, debug: silent };
