import assert from 'node:assert/strict';
import { ChangeFailedError, ManualInterventionError } from '../../../core/model/errors.js';
import { assertOutcomes, errorOf } from '../expectations.js';
import { altered } from '../faults.js';
import type { Scenarios } from '../recovery.bench.js';
import type { SampleChange } from '../sample-change.js';
import type { Scene } from '../scene.js';
import { failing } from './one-change.scenarios.js';

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

  'B20 @Apply finds there what it was to make: @Rollback is not called, and the next run needs a person':
    async (scene) => {
      const statement = `CREATE TABLE users (api_key text DEFAULT 'password=s3cr3t') ${'x'.repeat(5_000)}`;
      const target = altered(scene.app.pair.target, {
        explain: () => ({
          statement,
          at: 'src/changes/users.ts:9:4',
          alreadyExists: true,
          fix: ['look there'],
        }),
      });
      const c1 = scene.change('c1', { apply: failing('it exists') });
      const result = await scene.app.run([c1], { target });
      assertOutcomes(result, 'failed', { c1: 'failed' });
      const error = errorOf(result, ChangeFailedError, 'it exists', 'importHistory', 'resolve(');
      const audited = (await scene.last('c1')).error ?? '';
      for (const text of [error.message, result.report.changes[0]?.error ?? '', audited]) {
        assert.match(text, /statement: CREATE TABLE users[\s\S]*at: src\/changes\/users.ts:9:4/);
        assert.doesNotMatch(text, /s3cr3t|x{1001}/);
      }
      assert.equal(error.fix[0], 'look there');
      assert.deepEqual(c1.calls, ['apply']);
      await assertNeedsPerson(scene, c1, 'S F', ['c1']);
    },

  'B21 @Verify throws when a later run asks it: the error and the issue tell what': async (scene) => {
    const c1 = scene.change('c1', {
      apply: failing('boom'),
      rollback: 'none',
      verify: () => Promise.reject(new Error('no such view')),
    });
    await scene.app.run([c1]);
    const result = await scene.app.run([c1]);
    errorOf(result, ManualInterventionError, "'c1'", '@Verify failed: no such view');
    assert.match(result.report.changes[0]?.error ?? '', /@Verify failed: no such view/);
    const [issue] = await scene.app.issues([c1]);
    assert.equal(issue?.verifyError, 'no such view');
    const retried = scene.change('c1', { recovery: 'always-retry', verify: failingOnce('no such view') });
    const last = await scene.app.run([retried]);
    assertOutcomes(last, 'succeeded', { c1: 'applied' });
    assert.match(last.report.changes[0]?.note ?? '', /@Verify[\s\S]*no such view/);
  },

  'B04 @Apply throws and there is no @Rollback on purpose: the next run needs a person': async (scene) => {
    const c1 = scene.change('c1', { apply: failing('boom'), rollback: 'none' });
    const result = await scene.app.run([c1]);
    assertOutcomes(result, 'failed', { c1: 'failed' });
    errorOf(result, ChangeFailedError, "'c1'", 'boom', 'resolve(');
    await assertNeedsPerson(scene, c1, 'S F', ['c1']);
  },
};

function failingOnce(text: string): () => Promise<boolean> {
  let fails = true;
  return async () => {
    if (!fails) return true;
    fails = false;
    throw new Error(text);
  };
}

/** Needs a person: the next run applies what is ordered before the change and nothing else, then fails and says how to go on. */
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
