import { describe, expect, it } from '@jest/globals';
import { MemoryAuditStore, MemoryTargetSystem } from 'nestjs-flamingock/memory';
import { findIssues } from '../../lib/core/issues.js';
import { appendToChain, EMPTY_CHAIN } from '../../lib/core/hash-chain.js';
import { NOTHING_YET } from '../../lib/core/nothing-yet.js';
import { planSteps } from '../../lib/core/plan.js';
import type { EngineSettings } from '../../lib/core/settings.js';
import type { Survey } from '../../lib/core/survey.js';
import { selectForUndo } from '../../lib/core/undo-selection.js';
import type { ModuleNode, ProviderWrapper } from '../../lib/nest/container.js';
import { explore } from '../../lib/nest/explorer.js';
import { changeWith, draftWith } from '../unit/values.js';
import { changeThat } from './support/changes.js';

const COUNT = 500;
const IDS = Array.from({ length: COUNT }, (_, index) => String(index).padStart(6, '0'));

/** Looks at a change for its id. Time would tell the same, and differ from machine to machine. */
let looks = 0;

const changes = IDS.map((id) => {
  const change = changeWith({ order: id, rollback: { name: 'rollback', invoke: () => Promise.resolve() } });
  return Object.defineProperty({ ...change }, 'id', { enumerable: true, get: () => (looks++, id) });
});

const latest = new Map(
  appendToChain(
    EMPTY_CHAIN,
    IDS.map((changeId) => draftWith({ changeId, state: 'APPLIED' })),
  ).map((entry) => [entry.changeId, entry]),
);

describe('nothing is looked at once for each change, for each change', () => {
  it('when changes are found and their parameters read', async () => {
    let visits = 0;
    class Wanted {}
    class CountingMap extends Map<unknown, ProviderWrapper> {
      override *[Symbol.iterator](): MapIterator<[unknown, ProviderWrapper]> {
        for (const one of super.entries()) {
          visits++;
          yield one;
        }
        return undefined;
      }
    }
    const providers = new CountingMap();
    for (const id of IDS) {
      const metatype = changeThat(undefined, { id, order: id });
      Reflect.defineMetadata('design:paramtypes', [Object, Wanted], metatype.prototype as object, 'apply');
      const once = { isAlias: false, isTransient: false, isDependencyTreeStatic: () => true };
      providers.set(metatype, { ...once, metatype, instance: new metatype() as unknown });
    }
    const module: ModuleNode = { name: 'RootModule', metatype: undefined, providers };
    const targets = [new MemoryTargetSystem('db')];
    const found = await explore(new Map([['1', module]]), { stages: ['default'], targets });
    expect(found.changes).toHaveLength(COUNT);
    expect(visits).toBe(COUNT);
  });

  it('when what to undo is selected', () => {
    const situation = { latest, findings: new Map(), strategies: new Map(), activeProfiles: [] };
    const steps = planSteps(changes, situation);
    looks = 0;
    // The rest of a survey is not needed here.
    const seen = { latest, steps, findings: new Map() } as unknown as Survey;
    expect(selectForUndo({ changes }, seen, { all: true })).toHaveLength(COUNT);
    expect(looks).toBeLessThanOrEqual(4 * COUNT);
  });

  it('when issues are looked for', async () => {
    const store = new MemoryAuditStore();
    store.snapshot = async () => ({
      ...NOTHING_YET,
      ready: true,
      latest: [...latest.values()],
    });
    const clock = { now: () => 0, monotonic: () => 0, sleep: () => new Promise<void>(() => undefined) };
    const identity = { host: '', actor: '', environment: null, appVersion: null, app: null };
    const lock = { leaseMs: 1, waitMs: 1, retryMs: 1 };
    // The rest of the settings is not needed to look.
    const settings = {
      changes,
      store,
      clock,
      targets: new Map(),
      activeProfiles: [],
      lock,
      identity,
    } as unknown;
    looks = 0;
    expect(await findIssues(settings as EngineSettings)).toEqual([]);
    expect(looks).toBeLessThanOrEqual(8 * COUNT);
  });
});
