import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockLostError, LockNotAcquiredError } from '../../../core/model/errors.js';
import { systemClock } from '../../../nest/system-clock.js';
import { eventually } from '../../waiting.js';
import { assertOutcomes, errorOf } from '../expectations.js';
import { altered, noAnswer, recordCalls, silence } from '../faults.js';
import { newGate } from '../gate.js';
import { dyingAfter } from '../killable-systems.js';
import type { Scenarios } from '../recovery.bench.js';
import type { Replica } from '../replica.js';

const IMPATIENT = { leaseMs: 20_000, waitMs: 100, retryMs: 20 };

/** The longest pause of the engine between two attempts to take the lock, in milliseconds. */
const LONGEST_PAUSE_MS = 1_000;

/** Table E: processes that compete for the lock. */
export const LOCK: Scenarios = {
  'E01 nothing pending while another holds the lock: it is not touched': async (scene) => {
    const c1 = scene.change('c1');
    await scene.app.run([c1]);
    await scene.hold(await scene.join());
    const { store, calls } = recordCalls(scene.app.pair.store);
    assertOutcomes(await scene.app.run([c1], { store }), 'nothing-to-do', { c1: 'already-applied' });
    assert.deepEqual(calls, ['summary']);
  },

  'E04 another finishes all the work: we go on without ever taking the lock': async (scene) => {
    const [begun, finish] = [newGate(), newGate()];
    const c1 = scene.slowChange('c1', {
      apply: async ({ effect }) => {
        begun.open();
        await finish.opened;
        await effect();
      },
    });
    const working = scene.app.run([c1]);
    await Promise.race([begun.opened, working]);
    const other = await scene.join();
    const { store, calls } = recordCalls(other.pair.store);
    const clock = {
      ...systemClock,
      sleep: async (ms: number, signal?: AbortSignal) => {
        // The time limit of an answer is longer than any pause.
        if (ms > LONGEST_PAUSE_MS) return systemClock.sleep(ms, signal);
        finish.open();
        await working;
      },
    };
    assertOutcomes(await other.run([c1], { store, clock }), 'nothing-to-do', { c1: 'already-applied' });
    assertOutcomes(await working, 'succeeded', { c1: 'applied' });
    assert.deepEqual(calls, ['summary', 'snapshot', 'acquire', 'snapshot']);
    assertWaitedFor(other, scene.app, ['c1']);
    await scene.assertRest({ c1: 'S A' }, ['c1']);
  },

  'E12 reads that fail while another works end nothing; the wait goes on': async (scene) => {
    const c1 = scene.change('c1');
    const other = await scene.join();
    const fence = await scene.hold(other);
    let failures = 0;
    const { store } = scene.app.pair;
    const flaky = altered(store, {
      snapshot: async () => {
        const isWaiting = (await other.pair.store.summary()).holder !== null;
        if (!isWaiting || failures >= 3) return store.snapshot();
        if (failures++ === 0) return store.snapshot();
        if (failures === 3) await other.pair.store.release(fence);
        return noAnswer();
      },
    });
    assertOutcomes(await scene.app.run([c1], { store: flaky }), 'succeeded', { c1: 'applied' });
    assert.equal(failures, 3);
    await scene.assertRest({ c1: 'S A' }, ['c1']);
  },

  'E05 another did part and died: after its lease only the rest runs': async (scene) => {
    const changes = ['c1', 'c2', 'c3'].map((id) => scene.change(id, { recovery: 'always-retry' }));
    const lock = { leaseMs: scene.shortLeaseMs, waitMs: 10_000, retryMs: 20 };
    const { died, ...killable } = dyingAfter(scene.app.pair, 'c1');
    await Promise.race([died, scene.app.run(changes, { ...killable, lock })]);
    const other = await scene.join();
    const outcomes = { c1: 'already-applied', c2: 'applied', c3: 'applied' };
    assertOutcomes(await other.run(changes), 'succeeded', outcomes);
    assertWaitedFor(other, scene.app, ['c2']);
    await scene.assertRest({ c1: 'S A', c2: 'S S A', c3: 'S A' }, ['c1', 'c2', 'c3']);
    assert.deepEqual(
      changes.map(({ calls }) => calls),
      [['apply'], ['apply'], ['apply']],
    );
  },

  'E06 held for too long: the error tells by whom, where, since and until when': async (scene) => {
    const c1 = scene.change('c1');
    const other = await scene.join();
    const fence = await scene.hold(other);
    const { holder } = await other.pair.store.snapshot();
    assert.ok(holder);
    const result = await scene.app.run([c1], { lock: IMPATIENT });
    assertOutcomes(result, 'failed', { c1: 'not-run' });
    errorOf(result, LockNotAcquiredError, fence.holder, other.host, holder.since, holder.until);
    assert.deepEqual(c1.calls, []);
    assert.deepEqual((await other.pair.store.snapshot()).holder, holder);
    await scene.assertRows({ c1: '' }, []);
  },

  'E08 a former holder releases late: no effect on the new one': async (scene) => {
    const [former, next, third] = [scene.app, await scene.join(), await scene.join()];
    const [late, released] = [newGate(), newGate()];
    const { store } = former.pair;
    const stalled = altered(store, {
      renew: silence,
      release: async (fence) => {
        await late.opened;
        await store.release(fence);
        released.open();
      },
    });
    const lock = { leaseMs: scene.shortLeaseMs, waitMs: 10_000, retryMs: 20 };
    const stuck = scene.slowChange('c1', { apply: silence });
    const formerRun = former.run([stuck], { store: stalled, lock });
    await eventually('the former run has begun', async () => stuck.calls.length > 0);
    const c1 = scene.slowChange('c1', {
      apply: async ({ effect }) => {
        late.open();
        await released.opened;
        const request = { holder: 'third', host: third.host, leaseMs: 1_000 };
        assert.equal(
          await third.pair.store.acquire(request),
          null,
          'the lock of the new holder was released',
        );
        await effect();
      },
    });
    assertOutcomes(await next.run([c1]), 'succeeded', { c1: 'applied' });
    errorOf(await formerRun, LockLostError, 'lost the lock');
    await scene.assertRest({ c1: 'S S A' }, ['c1']);
  },

  'E10 a change as long as three leases: renewed throughout': async (scene) => {
    // On a busy machine a process may have to wait longer than a short wait allows.
    const lock = { leaseMs: 2 * scene.shortLeaseMs, waitMs: 10_000, retryMs: 20 };
    const rival = await scene.join();
    const answers = new Set<unknown>();
    const c1 = scene.change('c1', {
      apply: async ({ effect }) => {
        await effect();
        for (let round = 0; round < 16; round++) {
          await sleep(lock.leaseMs / 5);
          if (scene.pair.concurrentWriters) answers.add(await acquire(rival));
        }
      },
    });
    assertOutcomes(await scene.app.run([c1], { lock }), 'succeeded', { c1: 'applied' });
    assert.deepEqual([...answers], scene.pair.concurrentWriters ? [null] : []);
    await scene.assertRest({ c1: 'S A' }, ['c1']);
  },
};

function acquire({ pair: { store }, host }: Replica): Promise<unknown> {
  return store.acquire({ holder: `run-of-${host}`, host, leaseMs: 1_000 });
}

/** Asserts that the waiting process reports at once which holder it waits for, until when, and at which change. */
function assertWaitedFor(waiting: Replica, holder: Replica, inProgress: readonly string[]): void {
  const event = waiting.events.find(({ type }) => type === 'waiting-for-lock');
  assert.ok(event?.type === 'waiting-for-lock', 'no event tells about the wait');
  assert.deepEqual([event.holder?.host, event.inProgress], [holder.host, inProgress]);
  assert.match(event.holder?.until ?? '', /^\d{4}-\d\d-\d\dT.*Z$/);
}
