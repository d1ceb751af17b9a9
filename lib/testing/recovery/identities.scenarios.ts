import assert from 'node:assert/strict';
import { adoptTargets } from '../../core/adopt-targets.js';
import type { AuditStore } from '../../core/audit-store.js';
import { AuditIntegrityError, AuditStoreBehindError, InvalidChangesError } from '../../core/errors.js';
import { assertOutcomes, errorOf } from './expectations.js';
import { altered, counted, noAnswer } from './faults.js';
import { dyingAfter } from './mortal.js';
import type { Scenarios } from './recovery.bench.js';
import type { CallOptions, Replica } from './replica.js';
import type { Scene } from './scene.js';

/** What a run that finds nothing to do reads. */
export const SETTLED: Scenarios = {
  'S01 after a run that did everything, whoever boots reads the summary alone': async (scene) => {
    const changes = ['c1', 'c2'].map((id) => scene.change(id));
    await scene.app.run(changes);
    const { store, calls } = counted((await scene.join()).pair.store);
    const result = await scene.app.run(changes, { store });
    assertOutcomes(result, 'nothing-to-do', { c1: 'already-applied', c2: 'already-applied' });
    assert.deepEqual(calls, ['summary']);
  },

  'S02 other definitions are read in full once, then they are settled beside the first': async (scene) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    const worker = { identity: { ...scene.app.settings([]).identity, app: 'worker' } };
    const callsOf = async (options: CallOptions): Promise<readonly string[]> => {
      const { store, calls } = counted(scene.app.pair.store);
      assertOutcomes(await scene.app.run([c1], { ...options, store }), 'nothing-to-do', {
        c1: 'already-applied',
      });
      return calls;
    };
    assert.deepEqual(await callsOf(worker), ['summary', 'snapshot', 'settle']);
    assert.deepEqual(await callsOf(worker), ['summary']);
    assert.deepEqual(await callsOf({}), ['summary']);
  },

  'S03 what is pending, undone, or to be warned of is never settled': async (scene) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    await scene.app.run([c1, c2]);
    const warned = await scene.app.run([c1]);
    assert.equal(warned.report.warnings.length, 1);
    assert.deepEqual((await scene.app.run([c1])).report.warnings, warned.report.warnings);
    await scene.app.undo([c1, c2], { only: 'c2' });
    const result = await scene.app.run([c1, c2]);
    assertOutcomes(result, 'succeeded', { c1: 'already-applied', c2: 'applied' });
    await scene.assertRest({ c1: 'S A', c2: 'S A uS uRB S A' }, ['c1', 'c2']);
  },

  'S04 a store that may not be written to is no failure': async (scene) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    const store = altered(scene.app.pair.store, { settle: noAnswer });
    const identity = { ...scene.app.settings([]).identity, app: 'worker' };
    assertOutcomes(await scene.app.run([c1], { store, identity }), 'nothing-to-do', {
      c1: 'already-applied',
    });
  },
};

/** Several audit stores, and stores that are not what they were, on one transactional target system elsewhere. */
export const IDENTITIES: Scenarios = {
  'I01 two apps with stores of their own: neither sees, removes or waits for what is the other’s': async (
    scene,
  ) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    const { died, ...mortal } = dyingBeforeRecord(scene, 'c1');
    await Promise.race([died, scene.app.run([c1], mortal)]);
    const other = { store: await otherStore(scene) };
    for (let boots = 0; boots < 3; boots++) assert.equal((await scene.app.run([c2], other)).error, undefined);
    assertOutcomes(await scene.app.run([c1], SHORT(scene)), 'succeeded', { c1: 'reconciled' });
    assert.deepEqual([c1.calls, c2.calls], [['apply'], ['apply']]);
    assert.deepEqual(await scene.effects(), ['c1', 'c2']);
  },

  'I02 a store that was made anew has nothing to do with the fence of the former one': async (scene) => {
    for (const id of ['c1', 'c2', 'c3']) await scene.app.run([scene.change(id)]);
    const store = await otherStore(scene);
    assertOutcomes(await scene.app.run([scene.change('c4')], { store }), 'succeeded', { c4: 'applied' });
  },

  'I03 a store restored from a backup is told from a newer holder, and goes on once it was adopted': async (
    scene,
  ) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    await scene.app.run([c1]);
    await scene.app.run([c1, c2]);
    const store = await restoredStore(scene);
    for (let boots = 0; boots < 4; boots++) {
      const result = await scene.app.run([c1, c2], { store });
      errorOf(result, AuditStoreBehindError, 'knows less', 'adoptTargets');
    }
    assert.deepEqual([c1.calls, c2.calls], [['apply'], ['apply']]);
    for (const changeId of ['c1', 'c2'])
      await scene.app.resolve([c1, c2], { changeId, as: 'applied', reason: 'it was there' }, { store });
    const adoption = await adopt(scene.app, store);
    assert.notEqual(adoption.storeId, adoption.formerStoreId);
    const c3 = scene.change('c3');
    assertOutcomes(await scene.app.run([c1, c2, c3], { store }), 'succeeded', {
      c1: 'already-applied',
      c2: 'already-applied',
      c3: 'applied',
    });
    assert.deepEqual(await scene.effects(), ['c1', 'c2', 'c3']);
  },

  'I04 an entry that a commit has seen and that is another one now is found': async (scene) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    await scene.app.run([c1]);
    const store = await restoredStore(scene);
    await scene.app.resolve([c1], { changeId: 'c1', as: 'applied', reason: 'it was there' }, { store });
    for (let boots = 0; boots < 2; boots++) await scene.app.run([c1, c2], { store });
    errorOf(await scene.app.run([c1, c2], { store }), AuditIntegrityError, 'has seen', 'adoptTargets');
    assert.deepEqual(c2.calls, []);
  },

  'I05 fences of stores that are gone are forgotten when they are named': async (scene) => {
    await scene.app.run([scene.change('c1')]);
    const store = await otherStore(scene);
    await scene.app.run([scene.change('c2')], { store });
    const { storeId: former } = await scene.chain();
    const { fences } = await adopt(scene.app, store, [former]);
    const left = [...fences.values()].flat().filter(({ namespace }) => namespace === scene.namespace);
    assert.equal(
      left.some(({ storeId }) => storeId === former),
      false,
    );
    assert.equal(left.length, 1, 'the fence of the store itself was forgotten');
  },

  'I06 a change that never ran is not resolved where the store knows everything': async (scene) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    await scene.app.run([c1]);
    const resolving = scene.app.resolve([c1, c2], { changeId: 'c2', as: 'applied', reason: 'sure' });
    await assert.rejects(resolving, (error) => {
      assert.ok(error instanceof InvalidChangesError);
      assert.match(error.message, /'c2': it never ran, and the next run applies it/);
      return true;
    });
    assertOutcomes(await scene.app.run([c1, c2]), 'succeeded', { c1: 'already-applied', c2: 'applied' });
  },
};

const SHORT = (scene: Scene): CallOptions => ({
  lock: { leaseMs: scene.shortLeaseMs, waitMs: 20_000, retryMs: 20 },
});

/** A process that dies when the target system has committed the change, before its record is durable. */
function dyingBeforeRecord(scene: Scene, changeId: string) {
  const lock = { leaseMs: scene.shortLeaseMs, waitMs: 10_000, retryMs: 20 };
  return { ...dyingAfter(scene.app.pair, changeId, 'before'), lock };
}

/** A store of its own under the same namespace; for the target system it is the store of another app. */
async function otherStore(scene: Scene): Promise<AuditStore> {
  const { namespace } = scene;
  const { store } = (await scene.join({ namespace: `${namespace}-other` })).pair;
  return altered(store, { namespace });
}

/** A store with the id of the scene's store that knows nothing of what it did, as after a restore of an old backup. */
async function restoredStore(scene: Scene): Promise<AuditStore> {
  const store = await otherStore(scene);
  await store.open();
  const holder = { holder: 'restore', host: 'host-a', leaseMs: 20_000 };
  const taken = await store.acquire(holder);
  assert.ok(taken);
  const fence = { ...taken, ...holder, namespace: scene.namespace };
  await store.adopt((await scene.chain()).storeId, fence);
  await store.release(fence);
  return store;
}

function adopt(replica: Replica, store: AuditStore, forget: readonly string[] = []) {
  const request = { executionId: 'adoption', stop: new AbortController().signal };
  const storeId = 'ad0b7ed0'.repeat(4);
  return adoptTargets(replica.settings([], { store }), request, { reason: 'restored', storeId, forget });
}
