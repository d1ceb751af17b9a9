import assert from 'node:assert/strict';
import { InvalidChangesError } from '../../../core/model/errors.js';
import { assertOutcomes } from '../expectations.js';
import type { Scenarios } from '../recovery.bench.js';
import type { ChangeParts, SampleChange } from '../sample-change.js';
import type { Scene } from '../scene.js';
import { failing } from './one-change.scenarios.js';

/** Table G: what operators see and do. */
export const OPERATORS: Scenarios = {
  'G01 one issue: what happened, when, where, on which host, how to resolve it': async (scene) => {
    const c1 = plainChange(scene);
    const left = await scene.leave(c1, { state: 'STARTED' });
    const [issue, ...others] = await scene.app.issues([c1]);
    assert.ok(issue);
    assert.deepEqual(others, []);
    const { guidance, ...facts } = issue;
    const { changeId, targetSystem, state, at, host, attempt } = left;
    assert.deepEqual(facts, { changeId, targetSystem, state, at, host, attempt });
    assert.match(guidance.join('\n'), /resolve\('c1', 'applied'[\s\S]*resolve\('c1', 'rolled-back'/);
  },

  'G01 the issue of a failed change tells its error': async (scene) => {
    const c1 = plainChange(scene, { apply: failing('boom'), rollback: 'none' });
    await scene.app.run([c1]);
    const [issue] = await scene.app.issues([c1]);
    assert.equal(issue?.state, 'FAILED');
    assert.match(issue.error ?? '', /boom/);
  },

  'G02 resolved as rolled back: the next run applies it': async (scene) => {
    const c1 = plainChange(scene);
    await scene.leave(c1, { state: 'STARTED' });
    const decision = { changeId: 'c1', reason: 'the file was not there', actor: 'ada' };
    const entry = await scene.app.resolve([c1], { ...decision, as: 'rolled-back' });
    assert.deepEqual([entry.actor, entry.reason, entry.operation], ['ada', decision.reason, 'manual']);
    await scene.assertRest({ c1: 'S MRB' }, []);
    assert.deepEqual(await scene.app.issues([c1]), []);
    assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'applied' });
    await scene.assertRest({ c1: 'S MRB S A' }, ['c1']);
    assert.equal((await scene.last('c1')).attempt, 2);
  },

  'G03 resolved as applied: the next run skips it': async (scene) => {
    const c1 = plainChange(scene);
    await scene.leave(c1, { state: 'STARTED' });
    const entry = await scene.app.resolve([c1], { changeId: 'c1', as: 'applied', reason: 'it was there' });
    assert.deepEqual([entry.actor, entry.reason], ['deployer', 'it was there']);
    assertOutcomes(await scene.app.run([c1]), 'nothing-to-do', { c1: 'already-applied' });
    await scene.assertRest({ c1: 'S MA' }, []);
    assert.deepEqual(c1.calls, []);
  },

  'G04 nothing to resolve about an applied change': async (scene) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    const resolving = scene.app.resolve([c1], { changeId: 'c1', as: 'applied', reason: 'sure' });
    await assert.rejects(resolving, refusal(/nothing to resolve about 'c1'.*APPLIED/));
    await scene.assertRest({ c1: 'S A' }, ['c1']);
  },

  'G05 an unknown id: the error names near ones': async (scene) => {
    const c1 = scene.change('add-user-status');
    await scene.app.run([c1]);
    const typo = { changeId: 'add-user-statsu', as: 'applied', reason: 'sure' } as const;
    await assert.rejects(scene.app.resolve([c1], typo), refusal(/did you mean 'add-user-status'/));
    await scene.assertRest({ 'add-user-status': 'S A' }, ['add-user-status']);
  },

  'G07 a plan lists what is pending and writes nothing, not even tables': async (scene) => {
    const [c1, c2] = [scene.change('c1'), scene.change('c2')];
    const plan = await scene.app.plan([c1, c2]);
    const listed = plan.changes.map(({ id, decision, strategy }) => [id, decision, strategy]);
    const { strategy } = scene.pair;
    assert.equal(plan.status, 'pending');
    assert.deepEqual(listed, [
      ['c1', 'apply', strategy],
      ['c2', 'apply', strategy],
    ]);
    await scene.assertRows({ c1: '', c2: '' }, []);
    assert.deepEqual([...c1.calls, ...c2.calls], []);
  },
};

/** Table G, where an audit entry can be altered by hand. */
export const TAMPERED: Scenarios = {
  'G08 an edited entry is found': async (scene) => {
    await scene.app.run([scene.change('c1'), scene.change('c2')]);
    await scene.location.tamper?.(scene.namespace, 2, 'edit');
    const { intact, entries, firstBad } = await scene.app.verifyAudit();
    assert.deepEqual([intact, entries, firstBad?.seq], [false, 1, 2]);
    assert.match(firstBad?.reason ?? '', /altered/);
  },

  'G08 a deleted entry is found': async (scene) => {
    await scene.app.run([scene.change('c1'), scene.change('c2')]);
    await scene.location.tamper?.(scene.namespace, 2, 'delete');
    const { intact, entries, firstBad } = await scene.app.verifyAudit();
    assert.deepEqual([intact, entries, firstBad?.seq], [false, 1, 2]);
    assert.match(firstBad?.reason ?? '', /entry 2 is missing/);
  },
};

/** A change that runs without a transaction on every target system. */
export function plainChange(scene: Scene, parts: ChangeParts = {}, id = 'c1'): SampleChange {
  return scene.change(id, { ...(scene.pair.strategy !== 'plain' && { transactional: false }), ...parts });
}

function refusal(text: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof InvalidChangesError && text.test(error.message);
}
