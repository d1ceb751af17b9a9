import assert from 'node:assert/strict';
import { AppendRefusedError, AuditStoreError, ChangeFailedError } from '../../../core/model/errors.js';
import { assertOutcomes, errorOf } from '../expectations.js';
import {
  afterCommit,
  altered,
  beforeCommit,
  recordCalls,
  failingAppends,
  lostFrom,
  noAnswer,
  silence,
} from '../faults.js';
import type { Scenarios } from '../recovery.bench.js';
import { failing } from './one-change.scenarios.js';

/** Table D: the audit store fails, whatever the target system is. */
export const STORE_FAILS: Scenarios = {
  'D01 STARTED is refused: @Apply is not called': async (scene) => {
    const c1 = scene.change('c1');
    const store = failingAppends(scene.app.pair.store, ['STARTED'], 'refused');
    const result = await scene.app.run([c1], { store });
    assertOutcomes(result, 'failed', { c1: 'failed' });
    const error = errorOf(result, AuditStoreError, "STARTED of 'c1'", 'No space left on device');
    assert.ok(error.cause instanceof AppendRefusedError);
    assert.deepEqual(c1.calls, []);
    await scene.assertRest({ c1: '' }, []);
  },

  'D05 the store cannot be read at the start: nothing runs': async (scene) => {
    const c1 = scene.change('c1');
    const { store, calls } = recordCalls(altered(scene.app.pair.store, { summary: noAnswer }));
    const result = await scene.app.run([c1], { store });
    assertOutcomes(result, 'failed', {});
    errorOf(result, AuditStoreError, 'cannot be read', 'nothing has run');
    assert.deepEqual(calls, ['summary']);
    assert.deepEqual(c1.calls, []);
  },
};

/** Table D, where a transaction commits the effect and the record is written elsewhere. */
export const STORE_FAILS_MARKER: Scenarios = {
  'D02 APPLIED is refused: the change stays, and the next run finds its marker': async (scene) => {
    const c1 = scene.change('c1');
    const store = failingAppends(scene.app.pair.store, ['APPLIED'], 'refused');
    errorOf(await scene.app.run([c1], { store }), AuditStoreError, "APPLIED of 'c1'");
    await scene.assertRows({ c1: 'S' }, ['c1']);
    assert.deepEqual(
      (await scene.markers()).map(({ changeId, kind }) => [changeId, kind]),
      [['c1', 'applied']],
    );
    assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'reconciled' });
    await scene.assertRest({ c1: 'S A' }, ['c1']);
    assert.deepEqual(c1.calls, ['apply']);
  },

  'D02 APPLIED gets no answer until the lease is over: as refused': async (scene) => {
    const c1 = scene.change('c1');
    const store = lostFrom(scene.app.pair.store, 'APPLIED');
    const lock = { leaseMs: scene.shortLeaseMs, waitMs: 10_000, retryMs: 20 };
    errorOf(await scene.app.run([c1], { store, lock }), AuditStoreError, 'did not answer');
    await scene.assertRows({ c1: 'S' }, ['c1']);
    assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'reconciled' });
    await scene.assertRest({ c1: 'S A' }, ['c1']);
    assert.deepEqual(c1.calls, ['apply']);
  },
};

/** Table D, where a transaction protects the effect. */
export const STORE_FAILS_TRANSACTIONAL: Scenarios = {
  'D08 FAILED is refused: what the change threw is told first': async (scene) => {
    const c1 = scene.change('c1', { apply: failing('boom') });
    const store = failingAppends(scene.app.pair.store, ['FAILED'], 'refused');
    const result = await scene.app.run([c1], { store });
    assertOutcomes(result, 'failed', { c1: 'failed' });
    errorOf(result, ChangeFailedError, 'boom; then The audit store', "FAILED of 'c1'", 'No space left');
    assert.match(result.report.changes[0]?.error ?? '', /boom; then[\s\S]*No space left/);
    await scene.assertRest({ c1: 'S' }, []);
  },

  'D08 ROLLBACK gets no answer: what the change threw is told first': async (scene) => {
    const c1 = scene.change('c1', { apply: failing('boom') });
    const target = altered(scene.transactional, {
      transaction: (scope, work) => scene.transactional.transaction(scope, work).catch(silence),
    });
    const lock = { leaseMs: scene.shortLeaseMs, waitMs: 10_000, retryMs: 20 };
    const result = await scene.app.run([c1], { target, lock });
    errorOf(result, ChangeFailedError, 'boom; then', 'did not answer within');
    assert.match(result.report.changes[0]?.error ?? '', /boom; then[\s\S]*did not answer within/);
    assert.match((await scene.entries('c1'))[1]?.error ?? '', /boom; then[\s\S]*did not answer within/);
    await scene.assertRest({ c1: 'S F RB' }, []);
  },

  'D04 COMMIT gets no answer, but happened: applied': async (scene) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    const target = afterCommit(scene.transactional, noAnswer);
    const outcomes = { c1: 'applied', c2: 'applied' };
    assertOutcomes(await scene.app.run([c1, c2], { target }), 'succeeded', outcomes);
    await scene.assertRest({ c1: 'S A', c2: 'S A' }, ['c1', 'c2']);
    assert.deepEqual(c1.calls, ['apply']);
  },

  'D04 COMMIT gets no answer, and did not happen: failed without an effect': async (scene) => {
    const c1 = scene.change('c1');
    const target = beforeCommit(scene.transactional, noAnswer);
    const result = await scene.app.run([c1], { target });
    assertOutcomes(result, 'failed', { c1: 'rolled-back' });
    errorOf(result, ChangeFailedError, "'c1'", 'connection lost');
    await scene.assertRest({ c1: 'S F RB' }, []);
    assert.deepEqual(c1.calls, ['apply']);
    assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'applied' });
    await scene.assertRest({ c1: 'S F RB S A' }, ['c1']);
  },
};

/** Table D, where the server can be made to cut connections. */
export const STORE_FAILS_CUT: Scenarios = {
  'D04 the connection is cut right before COMMIT: failed without an effect': async (scene) => {
    const c1 = scene.change('c1');
    const target = beforeCommit(scene.transactional, async () => scene.location.cut?.());
    const result = await scene.app.run([c1], { target });
    assertOutcomes(result, 'failed', { c1: 'rolled-back' });
    errorOf(result, ChangeFailedError, "'c1'");
    await scene.assertRest({ c1: 'S F RB' }, []);
  },

  'D04 the connection is cut during @Apply: failed without an effect': async (scene) => {
    const c1 = scene.change('c1', {
      apply: async ({ effect }) => {
        await effect();
        await scene.location.cut?.();
        await effect();
      },
    });
    assertOutcomes(await scene.app.run([c1]), 'failed', { c1: 'rolled-back' });
    await scene.assertRest({ c1: 'S F RB' }, []);
  },
};

/** Table D, where no transaction protects the effect. */
export const STORE_FAILS_PLAIN: Scenarios = {
  'D03 APPLIED gets no answer until the lease is over: no @Rollback, and the next run asks @Verify': async (
    scene,
  ) => {
    const c1 = scene.change('c1', { verify: ({ sees }) => sees() });
    const store = lostFrom(scene.app.pair.store, 'APPLIED');
    const lock = { leaseMs: scene.shortLeaseMs, waitMs: 10_000, retryMs: 20 };
    errorOf(await scene.app.run([c1], { store, lock }), AuditStoreError, 'did not answer');
    await scene.assertRows({ c1: 'S' }, ['c1']);
    assert.deepEqual(c1.calls, ['apply', 'verify']);
    assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'reconciled' });
    await scene.assertRest({ c1: 'S A' }, ['c1']);
    assert.deepEqual(c1.calls, ['apply', 'verify', 'verify']);
  },

  'D03b APPLIED is refused: @Rollback runs, ROLLED_BACK is tried, the report carries both': async (scene) => {
    const c1 = scene.change('c1');
    const store = failingAppends(scene.app.pair.store, ['APPLIED'], 'refused');
    const result = await scene.app.run([c1], { store });
    assertOutcomes(result, 'failed', { c1: 'rolled-back' });
    errorOf(result, AuditStoreError, "APPLIED of 'c1'", 'No space left on device');
    const [report] = result.report.changes;
    assert.match(report?.error ?? '', /No space left on device/);
    assert.match(report?.note ?? '', /@Rollback put it back/);
    await scene.assertRest({ c1: 'S RB' }, []);
    assert.deepEqual(c1.calls, ['apply', 'rollback']);
  },

  'D08 FAILED is refused: @Rollback runs all the same, and all that went wrong is told, the first thing first':
    async (scene) => {
      const [c1, c2] = [
        scene.change('c1', { apply: failing('boom') }),
        scene.change('c2', { apply: failing('bang') }),
      ];
      const { store } = scene.app.pair;
      const one = await scene.app.run([c1], { store: failingAppends(store, ['FAILED'], 'refused') });
      assertOutcomes(one, 'failed', { c1: 'rolled-back' });
      errorOf(
        one,
        ChangeFailedError,
        'boom; then The audit store',
        "FAILED of 'c1'",
        'No space left on device',
      );
      assert.match((await scene.last('c1')).error ?? '', /boom[\s\S]*No space left/);
      const none = await scene.app.run([c2], {
        store: failingAppends(store, ['FAILED', 'ROLLED_BACK'], 'refused'),
      });
      assertOutcomes(none, 'failed', { c2: 'failed' });
      errorOf(none, ChangeFailedError, 'bang; then', "FAILED of 'c2'", "ROLLED_BACK of 'c2'", 'resolve(');
      assert.match(none.report.changes[0]?.note ?? '', /@Rollback put it back/);
      assert.deepEqual(
        [c1.calls, c2.calls],
        [
          ['apply', 'rollback'],
          ['apply', 'rollback'],
        ],
      );
      await scene.assertRest({ c1: 'S RB', c2: 'S' }, []);
    },

  'D03b APPLIED is refused and @Rollback fails: the report carries both errors': async (scene) => {
    const c1 = scene.change('c1', { rollback: () => Promise.reject(new Error('bang')) });
    const store = failingAppends(scene.app.pair.store, ['APPLIED'], 'refused');
    const result = await scene.app.run([c1], { store });
    assertOutcomes(result, 'failed', { c1: 'rollback-failed' });
    assert.match(result.report.changes[0]?.error ?? '', /No space left[\s\S]*bang/);
    await scene.assertRest({ c1: 'S RBF' }, ['c1']);
  },
};

/** Table D, where APPLIED is an append of its own. */
export const STORE_FAILS_APART: Scenarios = {
  'D02 D03 APPLIED was written, its answer lost: found out, not written twice': async (scene) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    const store = failingAppends(scene.app.pair.store, ['APPLIED'], 'lost-after');
    const outcomes = { c1: 'applied', c2: 'applied' };
    assertOutcomes(await scene.app.run([c1, c2], { store }), 'succeeded', outcomes);
    await scene.assertRest({ c1: 'S A', c2: 'S A' }, ['c1', 'c2']);
  },

  'D02 D03 APPLIED was not written for a while: tried again until it is': async (scene) => {
    const c1 = scene.change('c1');
    const store = failingAppends(scene.app.pair.store, ['APPLIED'], 'lost-before', 2);
    assertOutcomes(await scene.app.run([c1], { store }), 'succeeded', { c1: 'applied' });
    await scene.assertRest({ c1: 'S A' }, ['c1']);
  },
};
