import assert from 'node:assert/strict';
import type { TransactionalTargetSystem } from '../../core/target-system.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import { isOrHasCause } from './connect.contract.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';

/** What a transactional target system promises about all or nothing, for each way to use its clients. */
export function transactionContract(
  { describe, it }: ContractRunner,
  bench: TargetSystemWorkbench<TransactionalTargetSystem>,
): void {
  describe('transaction', () => {
    it(
      'gives back what the work returns, and rethrows the very error that it throws',
      () =>
        withMarkers(bench, async (target, namespace) => {
          const result = { some: 'thing' };
          assert.equal(await target.transaction(attemptScope({ namespace }), async () => result), result);
          const error = new Error('the change failed');
          await assert.rejects(
            target.transaction(attemptScope({ namespace }), () => Promise.reject(error)),
            (thrown) => thrown === error,
          );
        }),
      CONTRACT_TIMEOUT_MS,
    );

    for (const [way, effect] of bench.effects) {
      it(
        `${way}: commits all`,
        () =>
          withMarkers(bench, async (target, namespace) => {
            const [one, two] = [bench.unique(), bench.unique()];
            const sealed = await target.transaction(attemptScope({ namespace }), async (transaction) => {
              await effect(transaction.clients, one);
              await effect(transaction.clients, two);
              assert.equal(await bench.has(one), false, 'an effect can be seen before the commit');
              return transaction.seal();
            });
            assert.deepEqual(sealed, { brokenOpen: false });
            assert.deepEqual([await bench.has(one), await bench.has(two)], [true, true]);
          }),
        CONTRACT_TIMEOUT_MS,
      );

      it(
        `${way}: commits nothing when the work throws, before or after it was sealed`,
        () =>
          withMarkers(bench, async (target, namespace) => {
            for (const seals of [false, true]) {
              const name = bench.unique();
              const failing = target.transaction(attemptScope({ namespace }), async (transaction) => {
                await effect(transaction.clients, name);
                if (seals) await transaction.seal();
                throw new Error('the change failed');
              });
              await assert.rejects(failing, /the change failed/);
              await bench.staysWithout(name);
            }
          }),
        CONTRACT_TIMEOUT_MS,
      );

      it(
        `${way}: is guarded: once the lease is lost, the statement throws the guard's error and reaches nothing`,
        () =>
          withMarkers(bench, async (target, namespace) => {
            const name = bench.unique();
            const lost = new Error('the lease was lost');
            let live = true;
            const guard = () => {
              if (!live) throw lost;
            };
            await target.transaction(attemptScope({ namespace, guard }), async ({ clients }) => {
              live = false;
              await assert.rejects(
                async () => effect(clients, name),
                (thrown) => isOrHasCause(thrown, lost),
              );
              live = true;
            });
            await bench.staysWithout(name);
          }),
        CONTRACT_TIMEOUT_MS,
      );
    }

    it(
      'says whether some statements commit on their own',
      () =>
        bench.useOne(async (target) => {
          assert.equal(typeof target.commitsImplicitly, 'boolean');
          assert.notEqual(target.resource, undefined);
        }),
      CONTRACT_TIMEOUT_MS,
    );
  });
}

/** A target system whose bookkeeping is open, with a namespace that no other test has. */
export function withMarkers(
  bench: TargetSystemWorkbench<TransactionalTargetSystem>,
  work: (target: TransactionalTargetSystem, namespace: string) => Promise<void>,
): Promise<void> {
  return bench.useOne(async (target) => {
    const namespace = bench.unique();
    await target.markers(namespace).open();
    await work(target, namespace);
  });
}
