import assert from 'node:assert/strict';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import type { TransactionalTargetSystem } from '../../core/model/target-system.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import { losableLease, refusedWithoutLease } from './ended-attempts.js';
import type { Effect } from './target-system.harness.js';
import { type TransactionalBench, withMarkers } from './transactional.workbench.js';

const CASES: Cases<TransactionalBench> = {
  'says whether some statements commit on their own, and what it shares transactions with': (bench) =>
    bench.useOne(async (target) => {
      assert.equal(typeof target.commitsImplicitly, 'boolean');
      assert.notEqual(target.resource ?? undefined, undefined);
    }),

  'gives back what the work returns, and rethrows the very error that it throws': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const scope = attemptScope(chain);
      const result = { some: 'thing' };
      assert.equal(await target.transaction(scope, async () => result), result);
      const error = new Error('the change failed');
      await assert.rejects(
        target.transaction(scope, () => Promise.reject(error)),
        (thrown) => thrown === error,
      );
    }),
};

const casesFor = (way: string, effect: Effect): Cases<TransactionalBench> => ({
  [`${way}: commits all`]: (bench) => withMarkers(bench, (...at) => commitsAll(bench, effect, ...at)),
  [`${way}: commits nothing when the work throws, before or after it was sealed`]: (bench) =>
    withMarkers(bench, (...at) => commitsNothing(bench, effect, ...at)),
  [`${way}: is guarded: once the lease is lost, the statement throws the guard's error and reaches nothing`]:
    (bench) => withMarkers(bench, (...at) => isGuarded(bench, effect, ...at)),
});

/** What a transactional target system promises about atomicity, for each way to use its clients. */
export function transactionContract(runner: ContractRunner, bench: TransactionalBench): void {
  registerCases(runner, 'transaction', bench, CASES);
  for (const [way, effect] of bench.effects)
    registerCases(runner, 'transaction', bench, casesFor(way, effect));
}

async function commitsAll(
  bench: TransactionalBench,
  effect: Effect,
  target: TransactionalTargetSystem,
  chain: ChainIdentity,
): Promise<void> {
  const [one, two] = [bench.unique(), bench.unique()];
  const sealed = await target.transaction(attemptScope(chain), async (transaction) => {
    await effect(transaction.clients, one);
    await effect(transaction.clients, two);
    assert.equal(await bench.has(one), false, 'an effect can be seen before the commit');
    return transaction.seal();
  });
  assert.deepEqual(sealed, { brokenOpen: false });
  assert.deepEqual([await bench.has(one), await bench.has(two)], [true, true]);
}

async function commitsNothing(
  bench: TransactionalBench,
  effect: Effect,
  target: TransactionalTargetSystem,
  chain: ChainIdentity,
): Promise<void> {
  for (const seals of [false, true]) {
    const name = bench.unique();
    const failing = target.transaction(attemptScope(chain), async (transaction) => {
      await effect(transaction.clients, name);
      if (seals) await transaction.seal();
      throw new Error('the change failed');
    });
    await assert.rejects(failing, /the change failed/);
    await bench.staysWithout(name);
  }
}

async function isGuarded(
  bench: TransactionalBench,
  effect: Effect,
  target: TransactionalTargetSystem,
  chain: ChainIdentity,
): Promise<void> {
  const name = bench.unique();
  const lease = losableLease();
  const attempt = target.transaction(attemptScope({ ...chain, guard: lease.guard }), async ({ clients }) => {
    await refusedWithoutLease(lease, () => effect(clients, name));
    throw new Error('the change was told so');
  });
  await assert.rejects(attempt, /the change was told so/);
  await bench.staysWithout(name);
}
