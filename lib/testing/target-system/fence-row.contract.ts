import assert from 'node:assert/strict';
import type { TransactionalTargetSystem } from '../../core/target-system.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import { marker, write } from './markers.contract.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';
import { withMarkers } from './transaction.contract.js';

/** What a transactional target system promises about the row that shuts out former holders. */
export function fenceRowContract(
  { describe, it }: ContractRunner,
  bench: TargetSystemWorkbench<TransactionalTargetSystem>,
): void {
  describe('fence row', () => {
    it(
      'is raised to a higher or the same token, and refuses a lower one',
      () =>
        withMarkers(bench, async (target, namespace) => {
          const markers = target.markers(namespace);
          const answers = [];
          for (const token of [1, 3, 3, 2, 1, 4, 3]) answers.push(await markers.raiseFence(token));
          assert.deepEqual(answers, [true, true, true, false, false, true, false]);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'is raised within a transaction by the same rule',
      () =>
        withMarkers(bench, async (target, namespace) => {
          assert.equal(await target.markers(namespace).raiseFence(3), true);
          assert.equal(await raise(target, namespace, 2), false);
          assert.equal(await raise(target, namespace, 3), true);
          assert.equal(await raise(target, namespace, 5), true);
          assert.equal(await target.markers(namespace).raiseFence(4), false);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'is as before when the transaction that raised it fails',
      () =>
        withMarkers(bench, async (target, namespace) => {
          assert.equal(await target.markers(namespace).raiseFence(1), true);
          await assert.rejects(raise(target, namespace, 9, new Error('failed')), /failed/);
          assert.equal(await target.markers(namespace).raiseFence(2), true);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'keeps markers from a former holder that wants to remove them',
      () =>
        withMarkers(bench, async (target, namespace) => {
          const markers = target.markers(namespace);
          await markers.raiseFence(3);
          await write(target, namespace, [marker({ fence: 3 })]);
          await markers.remove(['a-change'], 2).catch(() => {});
          assert.deepEqual(await markers.read(), [marker({ fence: 3 })]);
          await markers.remove([], 3);
          await markers.remove(['a-change', 'unknown'], 3);
          assert.deepEqual(await markers.read(), []);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'of one namespace has nothing to do with that of another',
      () =>
        bench.useOne(async (target) => {
          const unique = bench.unique();
          const [one, other] = [`${unique}-shop`, `${unique}-Shop`];
          for (const namespace of [one, other]) await target.markers(namespace).open();
          assert.equal(await target.markers(one).raiseFence(9), true);
          assert.equal(await target.markers(other).raiseFence(1), true);
        }),
      CONTRACT_TIMEOUT_MS,
    );
  });
}

function raise(
  target: TransactionalTargetSystem,
  namespace: string,
  token: number,
  failure?: Error,
): Promise<boolean> {
  return target.transaction(attemptScope({ namespace }), async (transaction) => {
    await transaction.seal();
    const raised = await transaction.raiseFence(token);
    if (failure) throw failure;
    return raised;
  });
}
