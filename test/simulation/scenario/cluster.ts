import type { EngineSettings } from '../../../lib/core/model/settings.js';
import type { TargetSystem } from '../../../lib/core/model/target-system.js';
import { Ledger } from '../model/ledger.js';
import { AuditServer } from '../servers/audit-server.js';
import type { TargetServer } from '../servers/target-server.js';
import { SimulatedTransactionalTargetSystem } from '../systems/simulated-transactional.target-system.js';
import { SimulatedAuditStore, type Surroundings } from '../systems/simulated.audit-store.js';
import { SimulatedTargetSystem } from '../systems/simulated.target-system.js';
import { type ClockTraits, SimulatedProcess } from '../world/simulated-process.js';
import { changeOf } from './change-methods.js';
import { type Edition, hasInPlan, WHOLE } from './edition.js';
import { importsOf } from './imports.js';
import type { Scenario, TargetShape } from './scenario.js';
import type { Site } from './site.js';

/** One app of a schedule: its audit store, its replicas, and what is known of what it really did. */
export class Cluster {
  readonly ledger: Ledger;
  readonly store: AuditServer;
  /** How long a process waits for the lock. */
  waitMs: number;

  constructor(
    readonly site: Site,
    readonly scenario: Scenario,
  ) {
    const { world, engine, checksFence, coverage } = site;
    this.ledger = new Ledger(world, scenario.changes, coverage);
    for (const shape of scenario.changes.slice(0, scenario.imported)) this.ledger.putInEffect(shape);
    this.waitMs = scenario.waitMs;
    const { storeSkew: skew, lockWaitMs, judgedByWatching } = scenario;
    const traits = { skew, lockWaitMs, judgedByWatching, checksFence };
    this.store = new AuditServer(world, engine, this.ledger, traits);
  }

  get world() {
    return this.site.world;
  }

  get engine() {
    return this.site.engine;
  }

  get wire() {
    return this.site.wire;
  }

  start(name: string, traits: ClockTraits): SimulatedProcess {
    const process = new SimulatedProcess(this.world, name, traits);
    this.site.processes.push(process);
    return process;
  }

  /** A process of an operator. */
  operate(what: string): SimulatedProcess {
    return this.start(`${what}-${this.site.processes.length}`, { skew: 0, rate: 1 });
  }

  /** What the engine is given in one process. */
  settingsOf(process: SimulatedProcess, host: string, edition: Edition = WHOLE): EngineSettings {
    const { engine, ledger, scenario, wire } = this;
    const around: Surroundings = { process, wire, ledger, engine };
    const code = scenario.changes.slice(0, scenario.changes.length - edition.lacks);
    ledger.hears(process.name, {
      code,
      plan: code.filter((shape) => hasInPlan(edition, shape)),
    });
    return {
      changes: code.map((shape) => changeOf(shape, around)),
      store: new SimulatedAuditStore(around, this.store),
      targets: new Map(scenario.targets.map((shape) => [shape.id, this.#targetOf(shape, around)])),
      activeProfiles: edition.profiles,
      imports: importsOf(scenario),
      outOfOrder: 'warn',
      unknownChanges: 'warn',
      lock: { leaseMs: scenario.leaseMs, waitMs: this.waitMs, retryMs: 200 },
      clock: process.clock,
      identity: { host, actor: 'simulation', environment: null, appVersion: null, app: edition.app },
      emit: ({ type }) => ledger.saw(`event ${type}`),
      loggerFor: () => SILENT,
    };
  }

  serverOf(id: string): TargetServer {
    const server = this.site.targets.get(id);
    if (!server) throw new Error(`there is no server ${id}`);
    return server;
  }

  #targetOf({ id, kind, commitsImplicitly }: TargetShape, around: Surroundings): TargetSystem {
    const server = this.serverOf(id);
    if (kind === 'plain') return new SimulatedTargetSystem(around, server);
    const resource = kind === 'shared' ? this.store : server;
    return new SimulatedTransactionalTargetSystem(around, server, resource, commitsImplicitly);
  }
}

const silent = (): void => {};
const SILENT = { log: silent, warn: silent, error: silent, debug: silent };
