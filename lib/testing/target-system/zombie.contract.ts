import assert from 'node:assert/strict';
import type { TransactionalTargetSystem } from '../../core/target-system.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';

type Targets = readonly TransactionalTargetSystem[];

/** What a transactional target system promises when a former holder still has a transaction open. */
export function zombieContract(
  { describe, it }: ContractRunner,
  bench: TargetSystemWorkbench<TransactionalTargetSystem>,
  concurrentWriters: boolean,
): void {
  const withTwo = (work: (targets: Targets, namespace: string) => Promise<void>) =>
    bench.use(2, async (targets) => {
      const namespace = bench.unique();
      await targets[0]?.markers(namespace).open();
      await work(targets, namespace);
    });

  describe('a former holder with an open transaction', () => {
    if (concurrentWriters)
      it(
        'is refused at its last step when a newer holder has raised the fence meanwhile',
        () => withTwo((targets, namespace) => refusedAtLastStep(targets, namespace, bench)),
        CONTRACT_TIMEOUT_MS,
      );

    it(
      'that has taken its last step makes a newer holder wait for its commit',
      () => withTwo(waitsForCommit),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'that has taken its last step and stands still makes a newer holder give up after a bounded wait',
      () => withTwo(givesUp),
      CONTRACT_TIMEOUT_MS * 2,
    );
  });
}

async function refusedAtLastStep(
  [former, current]: Targets,
  namespace: string,
  bench: TargetSystemWorkbench<TransactionalTargetSystem>,
): Promise<void> {
  assert.ok(former && current);
  const name = bench.unique();
  const zombie = former.transaction(attemptScope({ namespace }), async (transaction) => {
    await bench.effect(transaction.clients, name);
    assert.equal(await current.markers(namespace).raiseFence(2), true);
    await transaction.seal();
    if (!(await transaction.raiseFence(1))) throw new Error('a newer holder was here');
  });
  await assert.rejects(zombie);
  await bench.staysWithout(name);
}

async function waitsForCommit([former, current]: Targets, namespace: string): Promise<void> {
  assert.ok(former && current);
  let raising: Promise<boolean> | undefined;
  await former.transaction(attemptScope({ namespace }), async (transaction) => {
    await transaction.seal();
    assert.equal(await transaction.raiseFence(1), true);
    raising = current.markers(namespace).raiseFence(2);
    await transaction.writeMarker({ changeId: 'late', attempt: 1, fence: 1, kind: 'applied' });
  });
  assert.equal(await raising, true);
  assert.equal((await current.markers(namespace).read()).length, 1);
  assert.equal(await former.markers(namespace).raiseFence(1), false);
}

async function givesUp([former, current]: Targets, namespace: string): Promise<void> {
  assert.ok(former && current);
  await former.transaction(attemptScope({ namespace }), async (transaction) => {
    await transaction.seal();
    assert.equal(await transaction.raiseFence(1), true);
    await assert.rejects(current.markers(namespace).raiseFence(2));
  });
  assert.equal(await current.markers(namespace).raiseFence(2), true);
}
