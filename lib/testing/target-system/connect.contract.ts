import assert from 'node:assert/strict';
import { registerCases, type Cases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import { losableLease, refusedWithoutLease, stealClients } from './ended-attempts.js';
import type { Effect } from './target-system.harness.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';

type Bench = TargetSystemWorkbench;

const CASES: Cases<Bench> = {
  'gives back what the work returns, and rethrows the very error that it throws': (bench) =>
    bench.useOne(async (target) => {
      const result = { some: 'thing' };
      assert.equal(await target.connect(attemptScope(), async () => result), result);
      const error = new Error('the change failed');
      await assert.rejects(
        target.connect(attemptScope(), () => Promise.reject(error)),
        (thrown) => thrown === error,
      );
    }),
};

const casesFor = (way: string, effect: Effect): Cases<Bench> => ({
  [`${way}: works at once and stays, also when the work fails later`]: (bench) => worksAtOnce(bench, effect),
  [`${way}: throws and reaches nothing once the attempt has ended, well or badly, also while another runs`]: (
    bench,
  ) => diesWithTheAttempt(bench, effect),
  [`${way}: is guarded: once the lease is lost, the call throws the guard's error and reaches nothing`]: (
    bench,
  ) => isGuarded(bench, effect),
});

/** What a target system promises about clients outside any transaction, for each way to use them. */
export function connectContract(runner: ContractRunner, bench: Bench): void {
  registerCases(runner, 'connect', bench, CASES);
  for (const [way, effect] of bench.effects) registerCases(runner, 'connect', bench, casesFor(way, effect));
}

function worksAtOnce(bench: Bench, effect: Effect): Promise<void> {
  return bench.useOne(async (target) => {
    const [kept, failed] = [bench.unique(), bench.unique()];
    await target.connect(attemptScope(), async (clients) => {
      await effect(clients, kept);
      assert.equal(await bench.has(kept), true);
    });
    const failing = target.connect(attemptScope(), async (clients) => {
      await effect(clients, failed);
      throw new Error('too late');
    });
    await assert.rejects(failing, /too late/);
    assert.deepEqual([await bench.has(kept), await bench.has(failed)], [true, true]);
  });
}

function diesWithTheAttempt(bench: Bench, effect: Effect): Promise<void> {
  return bench.useOne(async (target) => {
    const late = bench.unique();
    for (const failure of [undefined, new Error('failed')]) {
      const stolen = await stealClients((work) => target.connect(attemptScope(), work), failure);
      await assert.rejects(async () => effect(stolen, late));
      await target.connect(attemptScope(), async () => {
        await assert.rejects(async () => effect(stolen, late));
      });
    }
    await bench.staysWithout(late);
  });
}

function isGuarded(bench: Bench, effect: Effect): Promise<void> {
  return bench.useOne(async (target) => {
    const [before, after] = [bench.unique(), bench.unique()];
    const lease = losableLease();
    await target.connect(attemptScope({ guard: lease.guard }), async (clients) => {
      await effect(clients, before);
      assert.ok(lease.asked() > 0, 'the guard was not asked');
      await refusedWithoutLease(lease, () => effect(clients, after));
    });
    assert.equal(await bench.has(before), true);
    await bench.staysWithout(after);
  });
}
