import assert from 'node:assert/strict';
import { InterruptedError } from '../../../core/model/errors.js';
import type { FlamingockEvent } from '../../../core/model/events.js';
import { assertOutcomes, errorOf } from '../expectations.js';
import { altered } from '../faults.js';
import type { Scenarios } from '../recovery.bench.js';
import type { SampleChange } from '../sample-change.js';
import type { Scene } from '../scene.js';
import { plainChange } from './operators.scenarios.js';

/** Table H: a stop is asked for. */
export const STOPPING: Scenarios = {
  'H00 after STARTED was written ahead, before @Apply: taken back as not begun': async (scene) => {
    const changes = [scene.change('c1'), scene.change('c2'), scene.change('c3')];
    const stop = new AbortController();
    const emit = ({ type }: FlamingockEvent): void => {
      if (type === 'change-finished') stop.abort();
    };
    const result = await scene.app.run(changes, { emit, stop: stop.signal });
    assertOutcomes(result, 'interrupted', { c1: 'applied', c2: 'not-run', c3: 'not-run' });
    errorOf(result, InterruptedError, "'c2'", 'has not run');
    await scene.assertRest({ c1: 'S A', c2: 'S RB', c3: '' }, ['c1']);
    assert.equal((await scene.last('c2')).reason, 'not begun');
    await assertAnotherGoesOn(scene, changes, { c1: 'S A', c2: 'S RB S A', c3: 'S A' });
  },

  'H01 before the first change: none starts': async (scene) => {
    const changes = [scene.change('c1'), scene.change('c2')];
    const stop = new AbortController();
    const { store } = scene.app.pair;
    const stopping = altered(store, {
      async snapshot() {
        const snapshot = await store.snapshot();
        if (snapshot.holder) stop.abort();
        return snapshot;
      },
    });
    const result = await scene.app.run(changes, { store: stopping, stop: stop.signal });
    assertOutcomes(result, 'interrupted', { c1: 'not-run', c2: 'not-run' });
    errorOf(result, InterruptedError, "'c1'");
    await scene.assertRest({ c1: '', c2: '' }, []);
    await assertAnotherGoesOn(scene, changes, { c1: 'S A', c2: 'S A' });
  },

  'H01 between two changes, nothing written ahead: the second is left as it was': async (scene) => {
    const c1 = scene.change('c1');
    const c2 = plainChange(scene, { verify: async () => true }, 'c2');
    await scene.leave(c2, { state: 'STARTED' });
    const stop = new AbortController();
    const emit = ({ type }: FlamingockEvent): void => {
      if (type === 'change-finished') stop.abort();
    };
    const result = await scene.app.run([c1, c2], { emit, stop: stop.signal });
    assertOutcomes(result, 'interrupted', { c1: 'applied', c2: 'not-run' });
    errorOf(result, InterruptedError, "'c2'");
    await scene.assertRest({ c1: 'S A', c2: 'S' }, ['c1']);
    assert.deepEqual(c2.calls, []);
  },

  'H02 during a change that heeds its signal: rolled back and recorded': async (scene) => {
    const stop = new AbortController();
    let stopped = false;
    const c1 = scene.change('c1', {
      apply: async ({ effect, context: { signal } }) => {
        await effect();
        if (stopped) return;
        stopped = true;
        queueMicrotask(() => stop.abort());
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('stopped'))),
        );
      },
    });
    const changes = [c1, scene.change('c2')];
    const result = await scene.app.run(changes, { stop: stop.signal });
    assertOutcomes(result, 'interrupted', { c1: 'rolled-back', c2: 'not-run' });
    errorOf(result, InterruptedError, "'c1'", 'was rolled back');
    await scene.assertRest({ c1: 'S F RB', c2: '' }, []);
    assert.deepEqual(c1.calls, scene.pair.strategy === 'plain' ? ['apply', 'rollback'] : ['apply']);
    await assertAnotherGoesOn(scene, changes, { c1: 'S F RB S A', c2: 'S A' });
  },

  'H03 during a change that does not heed its signal: awaited, then nothing more starts': async (scene) => {
    const stop = new AbortController();
    const c1 = scene.change('c1', {
      apply: async ({ effect }) => {
        stop.abort();
        await effect();
      },
    });
    const changes = [c1, scene.change('c2')];
    const result = await scene.app.run(changes, { stop: stop.signal });
    assertOutcomes(result, 'interrupted', { c1: 'applied', c2: 'not-run' });
    errorOf(result, InterruptedError, "'c2'");
    await scene.assertRest({ c1: 'S A', c2: '' }, ['c1']);
    await assertAnotherGoesOn(scene, changes, { c1: 'S A', c2: 'S A' });
  },
};

/** Asserts that the lock was released: another process takes it without waiting for the end of the lease. */
async function assertAnotherGoesOn(
  scene: Scene,
  changes: readonly SampleChange[],
  rows: Readonly<Record<string, string>>,
): Promise<void> {
  const other = await scene.join();
  const result = await other.run(changes, { lock: { leaseMs: 20_000, waitMs: 1, retryMs: 1 } });
  assert.equal(result.report.status, 'succeeded', result.error?.stack);
  await scene.assertRest(rows, Object.keys(rows));
}
