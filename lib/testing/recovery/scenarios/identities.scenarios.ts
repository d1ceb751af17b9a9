import assert from 'node:assert/strict';
import { InvalidChangesError } from '../../../core/model/errors.js';
import { assertOutcomes } from '../expectations.js';
import { dyingAfter } from '../killable-systems.js';
import type { Scenarios } from '../recovery.bench.js';
import type { CallOptions } from '../replica.js';
import type { Scene } from '../scene.js';
import { adopt, otherStore } from '../restored-stores.js';

/** Several audit stores on one transactional target system elsewhere. */
export const IDENTITIES: Scenarios = {
  'I01 two apps with stores of their own: neither sees, removes or waits for what is the other’s': async (
    scene,
  ) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    const { died, ...killable } = dyingBeforeRecord(scene, 'c1');
    await Promise.race([died, scene.app.run([c1], killable)]);
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

/** A process that is killed after the target system has committed the change, before its record is durable. */
function dyingBeforeRecord(scene: Scene, changeId: string) {
  const lock = { leaseMs: scene.shortLeaseMs, waitMs: 10_000, retryMs: 20 };
  return { ...dyingAfter(scene.app.pair, changeId, 'before'), lock };
}
