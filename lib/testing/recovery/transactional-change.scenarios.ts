import assert from 'node:assert/strict';
import { ChangeFailedError } from '../../core/errors.js';
import { isTransactional } from '../../core/strategy.js';
import { assertOutcomes, errorOf } from './expectations.js';
import { beforeCommit } from './faults.js';
import { failing } from './one-change.scenarios.js';
import { assertNeedsPerson } from './plain-change.scenarios.js';
import type { Scenarios } from './recovery.bench.js';
import type { Acting } from './sample-change.js';

const rolledBack: Scenarios[string] = async (scene) => {
  const c1 = scene.change('c1', { apply: failing('boom') });
  const result = await scene.app.run([c1]);
  assertOutcomes(result, 'failed', { c1: 'rolled-back' });
  errorOf(result, ChangeFailedError, "'c1'", 'was rolled back', 'boom');
  await scene.assertRest({ c1: 'S F RB' }, []);
  assert.deepEqual(c1.calls, ['apply']);
};

/** Table B, where a transaction protects a change, but not its record. */
export const MARKER_CHANGE: Scenarios = {
  'B05 a change that works, elsewhere than its record': async (scene) => {
    const c1 = scene.change('c1');
    const c2 = scene.change('c2');
    const { target: other } = (await scene.join()).pair;
    assert.ok(isTransactional(other));
    await scene.app.pair.store.open();
    const chain = await scene.chain();
    let markers: readonly string[] = [];
    const target = beforeCommit(scene.transactional, async () => {
      markers = (await other.markers(chain).read()).map(({ changeId }) => changeId);
    });
    const result = await scene.app.run([c1, c2], { target });
    assertOutcomes(result, 'succeeded', { c1: 'applied', c2: 'applied' });
    assert.deepEqual(markers, ['c1'], 'the marker of c1 goes with the commit of c2');
    await scene.assertRest({ c1: 'S A', c2: 'S A' }, ['c1', 'c2']);
    assert.equal((await scene.last('c1')).strategy, 'marker');
  },

  'B06 @Apply throws, elsewhere than its record: the transaction undoes it': rolledBack,
};

/** Table B, where one transaction protects a change and its record. */
export const SHARED_CHANGE: Scenarios = {
  'B07 effect and record come with one commit': async (scene) => {
    const c1 = scene.change('c1');
    const other = await scene.join();
    let seen: unknown;
    const target = beforeCommit(scene.transactional, async () => {
      const { latest } = await other.pair.store.snapshot();
      seen = [latest.map(({ state }) => state), await scene.effects()];
    });
    assertOutcomes(await scene.app.run([c1], { target }), 'succeeded', { c1: 'applied' });
    assert.deepEqual(seen, [['STARTED'], []], 'something was to be seen before the commit');
    await scene.assertRest({ c1: 'S A' }, ['c1']);
    assert.equal((await scene.last('c1')).strategy, 'shared');
  },

  'B08 @Apply throws: the transaction undoes it': rolledBack,
};

/** Table B, where the target system could have used a transaction. */
export const TRANSACTIONAL_CHANGE: Scenarios = {
  'B09 transactional: false, @Apply throws: @Rollback puts it back': async (scene) => {
    const c1 = scene.change('c1', { transactional: false, apply: failing('boom') });
    assertOutcomes(await scene.app.run([c1]), 'failed', { c1: 'rolled-back' });
    await scene.assertRest({ c1: 'S F RB' }, []);
    assert.deepEqual(c1.calls, ['apply', 'rollback']);
    assert.equal((await scene.last('c1')).strategy, 'plain');
  },
};

/** Table B, where some statements commit on their own. */
export const IMPLICIT_COMMIT: Scenarios = {
  'B10 DDL, then a throw: @Rollback puts back what had been committed': async (scene) => {
    const c1 = scene.change('c1', { apply: (acting) => breakingOpen(scene.pair.breakOpen, acting) });
    const result = await scene.app.run([c1]);
    assertOutcomes(result, 'failed', { c1: 'rolled-back' });
    errorOf(result, ChangeFailedError, "'c1'", 'boom', 'committed the transaction implicitly');
    assert.match(result.report.changes[0]?.note ?? '', /implicitly/);
    await scene.assertRest({ c1: 'S F RB' }, []);
    assert.deepEqual(c1.calls, ['apply', 'rollback']);
  },

  'B10 DDL, and it works: applied, and the report says that the transaction was broken open': async (
    scene,
  ) => {
    const c1 = scene.change('c1', {
      apply: async ({ effect, clients }) => {
        await effect();
        await scene.pair.breakOpen?.(clients);
      },
    });
    const result = await scene.app.run([c1]);
    assertOutcomes(result, 'succeeded', { c1: 'applied' });
    assert.match(result.report.changes[0]?.note ?? '', /implicitly/);
    await scene.assertRest({ c1: 'S A' }, ['c1']);
  },

  'B11 DDL, then a throw, without @Rollback: the next run needs a person': async (scene) => {
    const c1 = scene.change('c1', {
      apply: (acting) => breakingOpen(scene.pair.breakOpen, acting),
      rollback: 'none',
    });
    assertOutcomes(await scene.app.run([c1]), 'failed', { c1: 'failed' });
    await assertNeedsPerson(scene, c1, 'S F', ['c1']);
  },
};

async function breakingOpen(
  breakOpen: ((clients: Acting['clients']) => Promise<void>) | undefined,
  { effect, clients }: Acting,
): Promise<never> {
  await effect();
  await breakOpen?.(clients);
  throw new Error('boom');
}
