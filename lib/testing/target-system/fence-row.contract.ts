import assert from 'node:assert/strict';
import type { TransactionalTargetSystem } from '../../core/target-system.js';
import { registerCases, type Cases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import { marker, write } from './markers.contract.js';
import { withMarkers, withTwoNamespaces, type TransactionalBench } from './transactional.workbench.js';

const CASES: Cases<TransactionalBench> = {
  'is raised to a higher or the same token, and refuses a lower one': (bench) =>
    withMarkers(bench, async (target, namespace) => {
      const markers = target.markers(namespace);
      const answers = [];
      for (const token of [1, 3, 3, 2, 1, 4, 3]) answers.push(await markers.raiseFence(token));
      assert.deepEqual(answers, [true, true, true, false, false, true, false]);
    }),

  'is raised within a transaction by the same rule': (bench) =>
    withMarkers(bench, async (target, namespace) => {
      assert.equal(await target.markers(namespace).raiseFence(3), true);
      assert.equal(await raise(target, namespace, 2), false);
      assert.equal(await raise(target, namespace, 3), true);
      assert.equal(await raise(target, namespace, 5), true);
      assert.equal(await target.markers(namespace).raiseFence(4), false);
    }),

  'is as before when the transaction that raised it fails': (bench) =>
    withMarkers(bench, async (target, namespace) => {
      assert.equal(await target.markers(namespace).raiseFence(1), true);
      await assert.rejects(raise(target, namespace, 9, new Error('failed')), /failed/);
      assert.equal(await target.markers(namespace).raiseFence(2), true);
    }),

  'keeps markers from a former holder that wants to remove them': (bench) =>
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

  'of one namespace has nothing to do with that of another': (bench) =>
    withTwoNamespaces(bench, async (target, one, other) => {
      assert.equal(await target.markers(one).raiseFence(9), true);
      assert.equal(await target.markers(other).raiseFence(1), true);
    }),
};

/** What a transactional target system promises about the row that shuts out former holders. */
export function fenceRowContract(runner: ContractRunner, bench: TransactionalBench): void {
  registerCases(runner, 'fence row', bench, CASES);
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
