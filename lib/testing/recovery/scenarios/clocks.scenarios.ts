import assert from 'node:assert/strict';
import type { Clock } from '../../../core/model/clock.js';
import { LockNotAcquiredError } from '../../../core/model/errors.js';
import { systemClock } from '../../../nest/system-clock.js';
import { assertOutcomes, errorOf } from '../expectations.js';
import type { Scenarios } from '../recovery.bench.js';

const HOUR_MS = 3_600_000;

/** E09: hosts whose clocks and time zones differ. */
export const CLOCKS: Scenarios = {
  'E09 clocks two hours apart, in other time zones: the latest row is the one with the highest seq': async (
    scene,
  ) => {
    const fast = await scene.join({ utcOffsetHours: 9 });
    const slow = await scene.join({ utcOffsetHours: -7 });
    const c1 = scene.change('c1');
    const early = { clock: shifted(-HOUR_MS) };
    assertOutcomes(await fast.run([c1], { clock: shifted(HOUR_MS) }), 'succeeded', { c1: 'applied' });
    assertOutcomes(await slow.run([c1], early), 'nothing-to-do', { c1: 'already-applied' });
    assertOutcomes(await slow.undo([c1], { all: true }, early), 'succeeded', { c1: 'rolled-back' });
    await scene.assertRest({ c1: 'S A uS uRB' }, []);
    const moments = (await scene.entries('c1')).map(({ at }) => Date.parse(at));
    assert.ok((moments[1] ?? 0) - (moments[3] ?? 0) > HOUR_MS, 'the later row was to carry an earlier time');
    const last = await fast.run([c1], { clock: shifted(HOUR_MS) });
    assertOutcomes(last, 'succeeded', { c1: 'applied' });
    await scene.assertRest({ c1: 'S A uS uRB S A' }, ['c1']);
  },

  'E09 clocks two hours apart, in other time zones: a lease lasts as long as it says': async (scene) => {
    const fast = await scene.join({ utcOffsetHours: 9 });
    const slow = await scene.join({ utcOffsetHours: -7 });
    const c1 = scene.change('c1');
    for (const [holder, waiting, shift] of [
      [slow, fast, HOUR_MS],
      [fast, slow, -HOUR_MS],
    ] as const) {
      const fence = await scene.hold(holder, scene.shortLeaseMs);
      const leaseMs = 5_000;
      await holder.pair.store.renew({ ...fence, leaseMs });
      const impatient = { clock: shifted(shift), lock: { leaseMs, waitMs: 50, retryMs: 20 } };
      const result = await waiting.run([c1], impatient);
      errorOf(result, LockNotAcquiredError, holder.host);
      const { until = '' } = (await waiting.pair.store.snapshot()).holder ?? {};
      const left = Date.parse(until) - Date.now();
      assert.ok(Math.abs(left - leaseMs) < leaseMs, `the lease is said to last ${left} ms more`);
      await holder.pair.store.renew({ ...fence, leaseMs: 1 });
      assertOutcomes(await waiting.run([c1], { clock: shifted(shift) }), 'succeeded', { c1: 'applied' });
      assertOutcomes(await waiting.undo([c1], { all: true }), 'succeeded', { c1: 'rolled-back' });
    }
  },
};

/** A clock whose wall time is wrong by this much. */
function shifted(ms: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + ms };
}
