import assert from 'node:assert/strict';
import { ChangeFailedError } from '../../../core/model/errors.js';
import { isTransactional } from '../../../core/model/strategy.js';
import { assertOutcomes, errorOf } from '../expectations.js';
import { altered, beforeCommit, noAnswer } from '../faults.js';
import type { Scenarios } from '../recovery.bench.js';
import type { Acting, ChangeParts, SampleChange } from '../sample-change.js';
import type { Scene } from '../scene.js';
import { failing } from './one-change.scenarios.js';
import { assertNeedsPerson } from './plain-change.scenarios.js';

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

  'B22 an undecided attempt without a transaction: made transactional, the change runs without one until it is settled':
    async (scene) => {
      const parts = { recovery: 'always-retry', rollback: 'none' } as const;
      const halfDone = scene.change('c1', {
        ...parts,
        transactional: false,
        apply: async ({ effect }) => {
          await effect();
          throw new Error('half done');
        },
      });
      await scene.app.run([halfDone]);
      const cannotTell = { verify: () => Promise.resolve('unknown') };
      for (const [rows, more] of [
        ['S F S F', {}],
        ['S F S F S F', cannotTell],
        ['S F S F S F S F', {}],
      ] as const) {
        const again = await scene.app.run([
          scene.change('c1', { ...parts, ...more, apply: () => Promise.reject(new Error('boom')) }),
        ]);
        assertOutcomes(again, 'failed', { c1: 'failed' });
        await scene.assertRows({ c1: rows }, ['c1']);
      }
      const settled = await scene.app.run([scene.change('c1', { ...parts, apply: async () => undefined })]);
      assertOutcomes(settled, 'succeeded', { c1: 'applied' });
      await scene.assertRest({ c1: 'S F S F S F S F S A' }, ['c1']);
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

  'B11 DDL, then a throw; the next attempt fails before its DDL: what the first left is still undecided':
    async (scene) => {
      await leftOpenTwice(scene, { rollback: 'none' });
      await scene.assertRows({ c1: 'S F S F' }, ['c1']);
      assert.deepEqual(
        (await scene.markers()).map(({ attempt, kind }) => [attempt, kind]),
        [[1, 'open']],
      );
      const undecided = scene.change('c1', { rollback: 'none' });
      await assertNeedsPerson(scene, undecided, 'S F S F', ['c1']);
      const verified = scene.change('c1', { verify: ({ sees }) => sees() });
      assertOutcomes(await scene.app.run([verified]), 'succeeded', { c1: 'reconciled' });
      assert.deepEqual(verified.calls, ['verify']);
      await scene.assertRest({ c1: 'S F S F A' }, ['b0', 'c1']);
    },

  'B11 the same with a crash in the place of the second throw': async (scene) => {
    const first = await leftOpen(scene, { rollback: 'none' });
    await scene.leave(first, { state: 'STARTED', attempt: 2 });
    await assertNeedsPerson(scene, scene.change('c1'), 'S F S', ['c1']);
  },

  'B11 the same with a @Rollback: it settles what the first attempt left': async (scene) => {
    const second = await leftOpenTwice(scene, {});
    assert.deepEqual(second.calls, ['apply', 'rollback']);
    await scene.assertRest({ c1: 'S F S F RB' }, []);
    const third = scene.change('c1', { apply: () => Promise.reject(new Error('boom')) });
    assertOutcomes(await scene.app.run([third]), 'failed', { c1: 'rolled-back' });
    assert.deepEqual(third.calls, ['apply'], 'nothing is open any more');
    await scene.assertRest({ c1: 'S F S F RB S F RB' }, []);
  },

  'B11 what is settled is forgotten before the next attempt starts, if it could not be right away': async (
    scene,
  ) => {
    await leftOpen(scene, { rollback: 'none' });
    const markers = altered(scene.transactional.markers(await scene.chain()), { remove: noAnswer });
    const target = altered(scene.transactional, { markers: () => markers });
    const second = scene.change('c1', {
      recovery: 'always-retry',
      apply: () => Promise.reject(new Error('too early')),
    });
    assertOutcomes(await scene.app.run([second], { target }), 'failed', { c1: 'rolled-back' });
    assert.equal((await scene.markers()).length, 1);
    const { target: other } = (await scene.join()).pair;
    assert.ok(isTransactional(other));
    const chain = await scene.chain();
    let atStart: unknown;
    const third = scene.change('c1', {
      apply: async () => {
        atStart = await other.markers(chain).read();
        throw new Error('boom');
      },
    });
    assertOutcomes(await scene.app.run([third]), 'failed', { c1: 'rolled-back' });
    assert.deepEqual([atStart, third.calls], [[], ['apply']]);
    await scene.assertRest({ c1: 'S F S F RB S F RB' }, []);
  },
};

/** The first attempt fails after a statement that commits implicitly, and nothing undoes it. */
async function leftOpen(scene: Scene, parts: ChangeParts): Promise<SampleChange> {
  const first = scene.change('c1', {
    ...parts,
    rollback: 'none',
    recovery: 'always-retry',
    apply: (acting) => breakingOpen(scene.pair.breakOpen, acting),
  });
  assertOutcomes(await scene.app.run([first]), 'failed', { c1: 'failed' });
  return first;
}

/** The second attempt fails before a statement of its own. */
async function leftOpenTwice(scene: Scene, parts: ChangeParts): Promise<SampleChange> {
  await leftOpen(scene, parts);
  const second = scene.change('c1', {
    ...parts,
    recovery: 'always-retry',
    apply: () => Promise.reject(new Error('too early')),
  });
  const outcome = parts.rollback === 'none' ? 'failed' : 'rolled-back';
  assertOutcomes(await scene.app.run([second]), 'failed', { c1: outcome });
  return second;
}

async function breakingOpen(
  breakOpen: ((clients: Acting['clients']) => Promise<void>) | undefined,
  { effect, clients }: Acting,
): Promise<never> {
  await effect();
  await breakOpen?.(clients);
  throw new Error('boom');
}
