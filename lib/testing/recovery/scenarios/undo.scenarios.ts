import assert from 'node:assert/strict';
import { AuditStoreError, ChangeFailedError } from '../../../core/model/errors.js';
import { assertOutcomes, errorOf } from '../expectations.js';
import { beforeCommit, failingAppends, noAnswer } from '../faults.js';
import type { Scenarios } from '../recovery.bench.js';
import type { ChangeParts } from '../sample-change.js';
import type { Scene } from '../scene.js';
import { plainChange } from './operators.scenarios.js';
import { assertNeedsPerson } from './plain-change.scenarios.js';

/** G06: undo, whatever the target system is. */
export const UNDO: Scenarios = {
  'G06 undo to the first: the third, then the second is rolled back; the next run applies them again': async (
    scene,
  ) => {
    const undone: string[] = [];
    const logging = (id: string): ChangeParts => ({
      rollback: ({ revert }) => {
        undone.push(id);
        return revert();
      },
    });
    const changes = ['c1', 'c2', 'c3'].map((id) => scene.change(id, logging(id)));
    await scene.app.run(changes);
    const result = await scene.app.undo(changes, { to: 'c1' });
    assertOutcomes(result, 'succeeded', { c2: 'rolled-back', c3: 'rolled-back' });
    assert.equal(result.report.operation, 'undo');
    assert.deepEqual(undone, ['c3', 'c2']);
    await scene.assertRest({ c1: 'S A', c2: 'S A uS uRB', c3: 'S A uS uRB' }, ['c1']);
    const again = { c1: 'already-applied', c2: 'applied', c3: 'applied' };
    assertOutcomes(await scene.app.run(changes), 'succeeded', again);
    const rows = { c1: 'S A', c2: 'S A uS uRB S A', c3: 'S A uS uRB S A' };
    await scene.assertRest(rows, ['c1', 'c2', 'c3']);
  },

  'G06 a dry run of undo writes nothing': async (scene) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    const { report } = await scene.app.undo([c1], { all: true, dryRun: true });
    assert.deepEqual(
      report.changes.map(({ id, note }) => [id, note]),
      [['c1', 'would be rolled back']],
    );
    await scene.assertRest({ c1: 'S A' }, ['c1']);
  },
};

const neverCommitted: Scenarios[string] = async (scene) => {
  const [c1, c2] = [scene.change('c1'), scene.change('c2')];
  await scene.app.run([c1, c2]);
  await scene.leave(c2, { state: 'STARTED', operation: 'undo', attempt: 2 });
  const outcomes = { c1: 'already-applied', c2: 'reconciled' };
  assertOutcomes(await scene.app.run([c1, c2]), 'succeeded', outcomes);
  await scene.assertRest({ c1: 'S A', c2: 'S A uS uA' }, ['c1', 'c2']);
  assert.deepEqual(c2.calls, ['apply']);
};

/** G06b, where a transaction protects the undo. */
export const UNDO_TRANSACTIONAL: Scenarios = {
  'G06b undo crashed before its commit: the change is still applied': neverCommitted,

  'G06b undo rejects with undefined: it failed, and the change is still applied': async (scene) => {
    const c1 = scene.change('c1', { rollback: () => Promise.reject(undefined) });
    await scene.app.run([c1]);
    const result = await scene.app.undo([c1], { all: true });
    assertOutcomes(result, 'failed', { c1: 'failed' });
    errorOf(result, ChangeFailedError, "'c1'", 'undefined was thrown');
    await scene.assertRest({ c1: 'S A uS uF uA' }, ['c1']);
  },

  'G06b undo failed: the transaction kept the change in effect': async (scene) => {
    const c1 = scene.change('c1', {
      rollback: async ({ revert }) => {
        await revert();
        throw new Error('bang');
      },
    });
    await scene.app.run([c1]);
    const result = await scene.app.undo([c1], { all: true });
    assertOutcomes(result, 'failed', { c1: 'failed' });
    errorOf(result, ChangeFailedError, "'c1'", 'bang');
    await scene.assertRest({ c1: 'S A uS uF uA' }, ['c1']);
    assertOutcomes(await scene.app.run([c1]), 'nothing-to-do', { c1: 'already-applied' });
  },

  "G06b undo's COMMIT gets no answer and did not happen: the change is still applied": async (scene) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    const target = beforeCommit(scene.transactional, noAnswer);
    errorOf(await scene.app.undo([c1], { all: true }, { target }), ChangeFailedError, "'c1'");
    await scene.assertRest({ c1: 'S A uS uF uA' }, ['c1']);
  },
};

/** G06b, where the record of the undo is elsewhere than its effect. */
export const UNDO_MARKER: Scenarios = {
  'G06b undo crashed after its commit: its marker tells, the next run applies again': async (scene) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    const store = failingAppends(scene.app.pair.store, ['ROLLED_BACK'], 'refused');
    errorOf(await scene.app.undo([c1], { all: true }, { store }), AuditStoreError, "ROLLED_BACK of 'c1'");
    await scene.assertRows({ c1: 'S A uS' }, []);
    assert.equal((await scene.markers())[0]?.kind, 'undone');
    assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'applied' });
    await scene.assertRest({ c1: 'S A uS uRB S A' }, ['c1']);
  },
};

/** G06b, where no transaction protects the undo. */
export const UNDO_PLAIN: Scenarios = {
  'G06b undo crashed, @Verify says it is still in effect: applied': (scene) =>
    crashedUndo(scene, { verify: async () => true }, async (c1) => {
      assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'reconciled' });
      await scene.assertRest({ c1: 'S A uS uA' }, ['c1']);
    }),

  'G06b undo crashed after its effect, @Verify says it is not in effect any more: the next run applies it':
    async (scene) => {
      const c1 = plainChange(scene, { verify: ({ sees }) => sees() });
      await scene.app.run([c1]);
      const store = failingAppends(scene.app.pair.store, ['ROLLED_BACK'], 'refused');
      errorOf(await scene.app.undo([c1], { all: true }, { store }), AuditStoreError, "ROLLED_BACK of 'c1'");
      await scene.assertRows({ c1: 'S A uS' }, []);
      assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'applied' });
      await scene.assertRest({ c1: 'S A uS uRB S A' }, ['c1']);
    },

  'G06b undo crashed, and nothing tells: needs a person': (scene) =>
    crashedUndo(scene, {}, (c1) => assertNeedsPerson(scene, c1, 'S A uS', ['c1'])),

  'G06b undo failed: needs a person': async (scene) => {
    const c1 = plainChange(scene, { rollback: () => Promise.reject(undefined) });
    await scene.app.run([c1]);
    const result = await scene.app.undo([c1], { all: true });
    assertOutcomes(result, 'failed', { c1: 'rollback-failed' });
    errorOf(result, ChangeFailedError, "'c1'", 'undefined was thrown', 'resolve(');
    await assertNeedsPerson(scene, c1, 'S A uS uF', ['c1']);
  },
};

async function crashedUndo(
  scene: Scene,
  parts: ChangeParts,
  then: (change: ReturnType<typeof plainChange>) => Promise<void>,
): Promise<void> {
  const c1 = plainChange(scene, parts);
  await scene.app.run([c1]);
  await scene.leave(c1, { state: 'STARTED', operation: 'undo', attempt: 2 });
  await then(c1);
}
