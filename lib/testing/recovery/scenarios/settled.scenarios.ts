import assert from 'node:assert/strict';
import { assertOutcomes } from '../expectations.js';
import { altered, noAnswer, recordCalls } from '../faults.js';
import type { Scenarios } from '../recovery.bench.js';
import type { CallOptions } from '../replica.js';

/** What a run that finds nothing to do reads. */
export const SETTLED: Scenarios = {
  'S01 after a run that did everything, whoever boots reads the summary alone': async (scene) => {
    const changes = ['c1', 'c2'].map((id) => scene.change(id));
    await scene.app.run(changes);
    const { store, calls } = recordCalls((await scene.join()).pair.store);
    const result = await scene.app.run(changes, { store });
    assertOutcomes(result, 'nothing-to-do', { c1: 'already-applied', c2: 'already-applied' });
    assert.deepEqual(calls, ['summary']);
  },

  'S02 other definitions are read in full once, then they are settled beside the first': async (scene) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    const worker = { identity: { ...scene.app.settings([]).identity, app: 'worker' } };
    const callsOf = async (options: CallOptions): Promise<readonly string[]> => {
      const { store, calls } = recordCalls(scene.app.pair.store);
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
