import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeFailedError } from '../../../core/model/errors.js';
import { assertOutcomes, errorOf } from '../expectations.js';
import { recordCalls, silence } from '../faults.js';
import type { Scenarios } from '../recovery.bench.js';
import type { ChangeParts } from '../sample-change.js';

/** Table B: one change, whatever its target system is. */
export const ONE_CHANGE: Scenarios = {
  'B12 a second boot has nothing to do: one read, no lock, no write': async (scene) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    const before = await scene.entries();
    const { store, calls } = recordCalls(scene.app.pair.store);
    assertOutcomes(await scene.app.run([c1], { store }), 'nothing-to-do', { c1: 'already-applied' });
    assert.deepEqual(calls, ['summary']);
    assert.deepEqual(await scene.entries(), before);
    assert.deepEqual(c1.calls, ['apply']);
  },

  'B13 the first of two changes fails: the second has not run': async (scene) => {
    const c1 = scene.change('c1', { apply: failing('boom') });
    const c2 = scene.change('c2');
    assertOutcomes(await scene.app.run([c1, c2]), 'failed', { c1: 'rolled-back', c2: 'not-run' });
    await scene.assertRest({ c1: 'S F RB', c2: '' }, []);
    assert.deepEqual(c2.calls, []);
  },

  'B14 a change that fails once is tried again by the next run': async (scene) => {
    let fails = true;
    const c1 = scene.change('c1', {
      recovery: 'always-retry',
      apply: async ({ effect }) => {
        await effect();
        if (fails) throw new Error('boom');
      },
    });
    assertOutcomes(await scene.app.run([c1]), 'failed', { c1: 'rolled-back' });
    fails = false;
    assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'applied' });
    await scene.assertRest({ c1: 'S F RB S A' }, ['c1']);
    const attempts = (await scene.entries('c1')).map(({ attempt }) => attempt);
    assert.deepEqual(attempts, [1, 1, 1, 2, 2]);
  },

  'B15 @Apply returned, but @Verify says no: it failed': async (scene) => {
    const c1 = scene.change('c1', { verify: async () => false });
    const result = await scene.app.run([c1]);
    assertOutcomes(result, 'failed', { c1: 'rolled-back' });
    errorOf(result, ChangeFailedError, "'c1'", '@Verify says that the change is not in effect');
    await scene.assertRest({ c1: 'S F RB' }, []);
    const undone = scene.pair.strategy === 'plain' ? ['rollback'] : [];
    assert.deepEqual(c1.calls, ['apply', 'verify', ...undone]);
  },

  'B15 @Apply returned, but @Verify answers unknown, or throws: it failed, and the error says what to do':
    async (scene) => {
      const c1 = scene.change('c1', { verify: async () => 'unknown' });
      const result = await scene.app.run([c1]);
      assertOutcomes(result, 'failed', { c1: 'rolled-back' });
      errorOf(result, ChangeFailedError, '@Verify could not tell', 'let @Verify answer true or false');
      const clueless = scene.change('c1', { verify: () => Promise.reject(new Error('no such view')) });
      const second = await scene.app.run([clueless]);
      errorOf(second, ChangeFailedError, 'apply() returned, but then @Verify (verify) failed: no such view');
      await scene.assertRest({ c1: 'S F RB S F RB' }, []);
    },

  'B19 @Apply or @Verify rejects with undefined: it failed, and nothing after it runs': async (scene) => {
    for (const parts of [
      { apply: throwingUndefined },
      { verify: () => Promise.reject(undefined) },
    ] satisfies ChangeParts[]) {
      const [c1, c2] = [scene.change('c1', parts), scene.change('c2')];
      const result = await scene.app.run([c1, c2]);
      assertOutcomes(result, 'failed', { c1: 'rolled-back', c2: 'not-run' });
      errorOf(result, ChangeFailedError, "'c1'", 'undefined was thrown');
      assert.match(result.report.changes[0]?.error ?? '', /undefined was thrown/);
      assert.match((await scene.entries('c1')).at(-2)?.error ?? '', /undefined was thrown/);
      assert.deepEqual(c2.calls, []);
    }
    await scene.assertRest({ c1: 'S F RB S F RB', c2: '' }, []);
  },

  'B16 @Apply never returns: its timeout ends it': async (scene) => {
    let fired = false;
    const c1 = scene.change('c1', {
      timeoutMs: 1_000,
      apply: async ({ effect, context }) => {
        context.signal.addEventListener('abort', () => (fired = true));
        await effect();
        return silence();
      },
    });
    const result = await scene.app.run([c1]);
    assertOutcomes(result, 'failed', { c1: 'rolled-back' });
    errorOf(result, ChangeFailedError, "'c1'", 'timeout of 1000 ms');
    assert.equal(fired, true, 'the signal of the change did not fire');
    await scene.assertRest({ c1: 'S F RB' }, []);
  },

  'B17 what a timed-out @Apply does later is refused': async (scene) => {
    let late: Promise<unknown> | undefined;
    const c1 = scene.change('c1', {
      timeoutMs: 1_000,
      apply: async ({ effect, context }) => {
        context.signal.addEventListener('abort', () => {
          late = outcomeOf(sleep(100).then(effect));
        });
        return silence();
      },
    });
    assertOutcomes(await scene.app.run([c1]), 'failed', { c1: 'rolled-back' });
    assert.match(String(await late), /has ended/);
    await scene.assertRest({ c1: 'S F RB' }, []);
  },

  'B18 a forgotten await: its statement is in the attempt or refused': async (scene) => {
    const late: Promise<void>[] = [];
    const c1 = scene.change('c1', {
      apply: async ({ effect }) => {
        late.push(effect());
      },
    });
    const result = await scene.app.run([c1]);
    const [end] = await Promise.allSettled(late);
    await sleep(50);
    const applied = result.error === undefined;
    const effects = await scene.effects();
    assert.equal(await scene.rows('c1'), applied ? 'S A' : 'S F RB');
    assert.ok(applied || effects.length === 0, 'the statement was outside of the attempt');
    assert.equal(end?.status === 'fulfilled' && applied, effects.length === 1);
  },
};

/** A body that makes its effect, then throws a value that is no Error. */
async function throwingUndefined({ effect }: { effect(): Promise<void> }): Promise<never> {
  await effect();
  return Promise.reject(undefined);
}

/** A body that makes its effect, then throws. */
export function failing(text: string) {
  return async ({ effect }: { effect(): Promise<void> }): Promise<never> => {
    await effect();
    throw new Error(text);
  };
}

/** Keeps a rejection that is awaited later from being reported as unhandled. */
function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
}
