import assert from 'node:assert/strict';
import { AuditIntegrityError, AuditStoreBehindError, AuditStoreError } from '../../../core/model/errors.js';
import { assertOutcomes, errorOf } from '../expectations.js';
import { altered } from '../faults.js';
import type { Scenarios } from '../recovery.bench.js';
import { adopt, goOn, leaveMarker, restoredStore } from '../restored-stores.js';
import type { SampleChange } from '../sample-change.js';

/** Audit stores that were restored or copied, and a transactional target system elsewhere that has seen more of the audit. */
export const RESTORED: Scenarios = {
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
    for (const as of ['applied', 'rolled-back'] as const)
      await scene.app.resolve([c1], { changeId: 'c1', as, reason: 'whatever' }, { store });
    for (let boots = 0; boots < 2; boots++) await scene.app.run([c1, c2], { store });
    errorOf(await scene.app.run([c1, c2], { store }), AuditIntegrityError, 'has seen', 'adoptTargets');
    assert.deepEqual(c2.calls, []);
  },

  'I07 a backup taken while an attempt was under way that was committed afterwards is found to be behind':
    async (scene) => {
      const c1 = scene.change('c1');
      await scene.app.run([c1]);
      const [started] = await scene.entries();
      assert.ok(started);
      const store = await restoredStore(scene, [started]);
      for (let boots = 0; boots < 2; boots++)
        errorOf(await scene.app.run([c1], { store }), AuditStoreBehindError, 'knows less', 'adoptTargets');
      await goOn(scene, store, c1);
    },

  'I08 a backup that says that a change was undone takes a person’s word that it is in effect again': async (
    scene,
  ) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    await scene.app.undo([c1], { all: true });
    const entries = await scene.entries();
    await scene.app.run([c1]);
    const store = await restoredStore(scene, entries);
    errorOf(await scene.app.run([c1], { store }), AuditStoreBehindError, 'knows less', 'adoptTargets');
    await goOn(scene, store, c1);
  },

  'I09 a backup that says that a change is applied takes a person’s word that it was undone': async (
    scene,
  ) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    const entries = await scene.entries();
    await scene.app.undo([c1], { all: true });
    const store = await restoredStore(scene, entries);
    await scene.app.resolve([c1], { changeId: 'c1', as: 'rolled-back', reason: 'it was undone' }, { store });
    await adopt(scene.app, store);
    assertOutcomes(await scene.app.run([c1], { store }), 'succeeded', { c1: 'applied' });
    assert.deepEqual(await scene.effects(), ['c1']);
  },

  'I10 what a store that is behind is told about a change does not make it look whole': async (scene) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    await scene.app.run([c1]);
    await scene.app.run([c1, c2]);
    const store = await restoredStore(scene, (await scene.entries()).slice(0, 2));
    // With higher fencing tokens than the target system has seen, and a longer audit.
    for (let boots = 0; boots < 3; boots++) await scene.app.run([c1, c2], { store });
    const saying = (as: 'applied' | 'rolled-back') =>
      scene.app.resolve([c1, c2], { changeId: 'c1', as, reason: 'whatever' }, { store });
    for (const as of ['rolled-back', 'applied', 'rolled-back', 'applied'] as const) await saying(as);
    errorOf(await scene.app.run([c1, c2], { store }), AuditIntegrityError, 'has seen', 'adoptTargets');
    assert.deepEqual(c2.calls, ['apply']);
  },

  'I11 a change is not resolved against what the audit says where the store knows everything': async (
    scene,
  ) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    const undoing = scene.app.resolve([c1], { changeId: 'c1', as: 'rolled-back', reason: 'sure' });
    await assert.rejects(undoing, /nothing to resolve about 'c1': its latest state is APPLIED/);
    await scene.app.undo([c1], { all: true });
    const applying = scene.app.resolve([c1], { changeId: 'c1', as: 'applied', reason: 'sure' });
    await assert.rejects(applying, /nothing to resolve about 'c1': its latest state is ROLLED_BACK/);
    await scene.assertRest({ c1: 'S A uS uRB' }, []);
  },

  'I13 a marker of an attempt that the audit does not know is found, when fencing tokens no longer tell':
    async (scene) => {
      const c1 = scene.change('c1');
      await scene.app.pair.store.open();
      await leaveMarker(scene, c1, 'open');
      for (let boots = 0; boots < 3; boots++)
        errorOf(await scene.app.run([c1]), AuditStoreBehindError, "attempt 1 of change 'c1'", 'adoptTargets');
      assert.deepEqual(c1.calls, []);
      await goOn(scene, scene.app.pair.store, c1);
    },

  'I12 an adoption leaves nothing behind that was broken open: a person says first what became of it': async (
    scene,
  ) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2', { recovery: 'always-retry' })];
    const c3 = scene.change('c3');
    for (const change of [c1, c2]) {
      await scene.leave(change, { state: 'STARTED' });
      await leaveMarker(scene, change, 'open');
    }
    await scene.leave(c3, { state: 'STARTED' });
    await leaveMarker(scene, c3, 'applied');
    const { store } = scene.app.pair;
    const adopting = (changes: readonly SampleChange[]) => adopt(scene.app, store, [], changes);
    for (const id of ['c1', 'c2'])
      await assert.rejects(
        adopting([c1, c2, c3]),
        new RegExp(`attempt 1 of change '${id}'.*resolve\\('${id}'`),
      );
    await assert.rejects(adopting([]), /change 'c3'.*the code lacks this change/);
    assert.equal(await scene.rows('c3'), 'S');
    for (const [changeId, as] of [
      ['c1', 'applied'],
      ['c2', 'rolled-back'],
    ] as const)
      await scene.app.resolve([c1, c2, c3], { changeId, as, reason: 'I looked' });
    await adopting([c1, c2, c3]);
    assertOutcomes(await scene.app.run([c1, c2, c3]), 'succeeded', {
      c1: 'already-applied',
      c2: 'applied',
      c3: 'already-applied',
    });
    assert.deepEqual([c1.calls, c2.calls, c3.calls], [[], ['apply'], []]);
  },

  'I14 a store that does not answer for the entry that a target system has seen says so': async (scene) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    await scene.app.run([c1]);
    const store = altered(scene.app.pair.store, {
      history: () => {
        throw new Error('connection lost (injected by the test)');
      },
    });
    errorOf(await scene.app.run([c1, c2], { store }), AuditStoreError, 'cannot be read');
    const resolving = scene.app.resolve(
      [c1],
      { changeId: 'c1', as: 'rolled-back', reason: 'sure' },
      { store },
    );
    await assert.rejects(resolving, AuditStoreError);
    assertOutcomes(await scene.app.run([c1, c2]), 'succeeded', { c1: 'already-applied', c2: 'applied' });
  },

  'I15 a backup that knows only the beginning of an attempt takes a person’s word about its end': async (
    scene,
  ) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    await scene.app.undo([c1], { all: true });
    const store = await restoredStore(scene, (await scene.entries()).slice(0, 3));
    await assert.rejects(
      adopt(scene.app, store, [], [c1]),
      /attempt 2 \(undo\) of change 'c1'.*resolve\('c1'/,
    );
    await scene.app.resolve([c1], { changeId: 'c1', as: 'rolled-back', reason: 'I looked' }, { store });
    await adopt(scene.app, store, [], [c1]);
    assertOutcomes(await scene.app.run([c1], { store }), 'succeeded', { c1: 'applied' });
    assert.deepEqual(await scene.effects(), ['c1']);
  },
};
