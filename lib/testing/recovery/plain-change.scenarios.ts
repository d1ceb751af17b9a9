import assert from 'node:assert/strict';
import { ChangeFailedError, ManualInterventionError } from '../../core/errors.js';
import { assertOutcomes, errorOf } from './expectations.js';
import { failing } from './one-change.scenarios.js';
import type { Scenarios } from './recovery.bench.js';
import type { SampleChange } from './sample-change.js';
import type { Scene } from './scene.js';

/** Table B, where no transaction protects a change. */
export const PLAIN_CHANGE: Scenarios = {
  'B01 a change that works': async (scene) => {
    const c1 = scene.change('c1');
    assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'applied' });
    await scene.assertRest({ c1: 'S A' }, ['c1']);
    assert.equal((await scene.last('c1')).strategy, 'plain');
  },

  'B02 @Apply throws: @Rollback puts it back, the next run applies it': async (scene) => {
    const c1 = scene.change('c1', { apply: failing('boom') });
    const result = await scene.app.run([c1]);
    assertOutcomes(result, 'failed', { c1: 'rolled-back' });
    const error = errorOf(result, ChangeFailedError, "'c1'", 'was rolled back', 'boom');
    assert.equal((error.cause as Error).message, 'boom');
    await scene.assertRest({ c1: 'S F RB' }, []);
    assert.match((await scene.entries('c1'))[1]?.error ?? '', /Error: boom\n/);
    const corrected = scene.change('c1');
    assertOutcomes(await scene.app.run([corrected]), 'succeeded', { c1: 'applied' });
    await scene.assertRest({ c1: 'S F RB S A' }, ['c1']);
  },

  'B03 @Apply throws, then @Rollback throws: both errors are kept, the next run needs a person': async (
    scene,
  ) => {
    const c1 = scene.change('c1', {
      apply: failing('boom'),
      rollback: () => Promise.reject(new Error('bang')),
    });
    const result = await scene.app.run([c1]);
    assertOutcomes(result, 'failed', { c1: 'rollback-failed' });
    const { cause } = errorOf(result, ChangeFailedError, "'c1'", 'boom', 'bang', 'resolve(');
    assert.ok(cause instanceof AggregateError);
    assert.deepEqual(cause.errors.map(String), ['Error: boom', 'Error: bang']);
    const [, failed, rollbackFailed] = await scene.entries('c1');
    assert.match(failed?.error ?? '', /boom/);
    assert.match(rollbackFailed?.error ?? '', /bang/);
    await assertNeedsPerson(scene, c1, 'S F RBF', ['c1']);
  },

  'B04 @Apply throws and there is no @Rollback on purpose: the next run needs a person': async (scene) => {
    const c1 = scene.change('c1', { apply: failing('boom'), rollback: 'none' });
    const result = await scene.app.run([c1]);
    assertOutcomes(result, 'failed', { c1: 'failed' });
    errorOf(result, ChangeFailedError, "'c1'", 'boom', 'resolve(');
    await assertNeedsPerson(scene, c1, 'S F', ['c1']);
  },
};

/** NP: the next run fails, says how to go on, does what is ordered before the change, and nothing else. */
export async function assertNeedsPerson(
  scene: Scene,
  change: SampleChange,
  rows: string,
  effects: readonly string[],
): Promise<void> {
  const called = change.calls.filter((name) => name !== 'verify').length;
  const [before, after] = [scene.change('b0'), scene.change('d9')];
  const result = await scene.app.run([before, change, after]);
  assertOutcomes(result, 'failed', { b0: 'applied', [change.id]: 'needs-person', d9: 'not-run' });
  const { id } = change;
  errorOf(result, ManualInterventionError, `'${id}'`, 'needs a person', `resolve('${id}', 'applied'`);
  await scene.assertRows({ b0: 'S A', [id]: rows, d9: '' }, ['b0', ...effects]);
  assert.equal(change.calls.filter((name) => name !== 'verify').length, called);
  assert.deepEqual(after.calls, []);
}
