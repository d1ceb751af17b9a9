import assert from 'node:assert/strict';
import { registerCases, type Cases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import { stealClients } from './ended-attempts.js';
import type { Effect } from './target-system.harness.js';
import { withMarkers, type TransactionalBench } from './transactional.workbench.js';

const casesFor = (way: string, effect: Effect): Cases<TransactionalBench> => ({
  [`${way}: throws and reaches nothing after a commit and after a rollback, also while another transaction runs`]:
    (bench) => diesWithTheTransaction(bench, effect),
  [`${way}: throws and reaches nothing once the transaction is sealed; what was before is committed`]: (
    bench,
  ) => diesWithTheSeal(bench, effect),
  [`${way}: a statement whose await was forgotten is committed or refused, as its promise says`]: (bench) =>
    forgottenBeforeCommit(bench, effect),
  [`${way}: a statement whose await was forgotten goes with a transaction that fails`]: (bench) =>
    forgottenBeforeRollback(bench, effect),
});

/** What a transactional target system promises about clients that are used after the attempt, and about forgotten awaits. */
export function lateUseContract(runner: ContractRunner, bench: TransactionalBench): void {
  for (const [way, effect] of bench.effects) registerCases(runner, 'late use', bench, casesFor(way, effect));
}

function diesWithTheTransaction(bench: TransactionalBench, effect: Effect): Promise<void> {
  return withMarkers(bench, async (target, chain) => {
    const scope = attemptScope(chain);
    const late = bench.unique();
    for (const failure of [undefined, new Error('failed')]) {
      const stolen = await stealClients(
        (work) => target.transaction(scope, ({ clients }) => work(clients)),
        failure,
      );
      await assert.rejects(async () => effect(stolen, late));
      await target.transaction(scope, async () => {
        await assert.rejects(async () => effect(stolen, late));
      });
    }
    await bench.staysWithout(late);
  });
}

function diesWithTheSeal(bench: TransactionalBench, effect: Effect): Promise<void> {
  return withMarkers(bench, async (target, chain) => {
    const [before, after] = [bench.unique(), bench.unique()];
    await target.transaction(attemptScope(chain), async (transaction) => {
      await effect(transaction.clients, before);
      await transaction.seal();
      await assert.rejects(async () => effect(transaction.clients, after));
    });
    assert.equal(await bench.has(before), true);
    await bench.staysWithout(after);
  });
}

function forgottenBeforeCommit(bench: TransactionalBench, effect: Effect): Promise<void> {
  return withMarkers(bench, async (target, chain) => {
    const name = bench.unique();
    let forgotten: Promise<boolean> | undefined;
    await target
      .transaction(attemptScope(chain), async (transaction) => {
        forgotten = settlesWell(effect(transaction.clients, name));
        await transaction.seal();
      })
      // A target system may also fail an attempt that leaves a statement behind.
      .catch(() => (forgotten = Promise.resolve(false)));
    assert.equal(await bench.has(name), await forgotten);
  });
}

function forgottenBeforeRollback(bench: TransactionalBench, effect: Effect): Promise<void> {
  return withMarkers(bench, async (target, chain) => {
    const name = bench.unique();
    let forgotten: Promise<boolean> | undefined;
    const failing = target.transaction(attemptScope(chain), async ({ clients }) => {
      forgotten = settlesWell(effect(clients, name));
      throw new Error('the change failed');
    });
    await assert.rejects(failing, /the change failed/);
    await forgotten;
    await bench.staysWithout(name);
  });
}

function settlesWell(promise: Promise<void>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}
