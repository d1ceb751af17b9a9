import { describe, expect, it } from '@jest/globals';
import { MemoryAuditStore, MemoryTargetSystem } from 'nestjs-flamingock/memory';
import { findIssues } from '../../lib/core/engine/on-request/issues.js';
import { selectForUndo } from '../../lib/core/engine/on-request/undo-selection.js';
import { NOTHING_YET } from '../../lib/core/kit/base-audit-store.js';
import { appendToChain, EMPTY_CHAIN } from '../../lib/core/kit/hash-chain.js';
import type { EngineSettings } from '../../lib/core/model/settings.js';
import type { ModuleNode, ProviderWrapper } from '../../lib/nest/explore/container.js';
import { explore } from '../../lib/nest/explore/explorer.js';
import { changeWith, draftWith, planOf } from '../unit/values.js';
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
    const seen = planOf(changes, latest);
    looks = 0;
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
