import assert from 'node:assert/strict';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import type { TargetFence, TransactionalTargetSystem } from '../../core/model/target-system.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { attemptScope, chainIn } from './attempt-scope.sample.js';
import { WITNESS } from './fence-row.contract.js';
import type { TransactionalTargetHarness } from './target-system.harness.js';
import type { TransactionalBench } from './transactional.workbench.js';

type Targets = readonly TransactionalTargetSystem[];

const CASES_OF_A_LOCKED_ROW: Cases<TransactionalBench> = {
  'that has taken its last step makes a newer holder wait for its commit': (bench) =>
    withTwo(bench, waitsForCommit),
  'that has taken its last step and stands still makes a newer holder give up after a bounded wait': (
    bench,
  ) => withTwo(bench, givesUp),
};

const CASES_OF_A_COMPARED_ROW: Cases<TransactionalBench> = {
  'that has taken its last step makes nobody wait, and is refused at its commit': (bench) =>
    withTwo(bench, (targets, chain) => refusedAtCommit(targets, chain, bench, 2)),
  'whose commit was given up for lost is refused once its own holder has looked at the markers': (bench) =>
    withTwo(bench, (targets, chain) => refusedAtCommit(targets, chain, bench, 1)),
};

const CASES_OF_CONCURRENT_WRITERS: Cases<TransactionalBench> = {
  'is refused at its last step when a newer holder has raised the fence meanwhile': (bench) =>
    withTwo(bench, (targets, chain) => refusedAtLastStep(targets, chain, bench)),
};

/** What a transactional target system promises when a former holder still has a transaction open. */
export function zombieContract(
  runner: ContractRunner,
  bench: TransactionalBench,
  { concurrentWriters, fenceRow = 'locked' }: TransactionalTargetHarness,
): void {
  const cases = {
    ...(fenceRow === 'locked' ? CASES_OF_A_LOCKED_ROW : CASES_OF_A_COMPARED_ROW),
    ...(concurrentWriters && CASES_OF_CONCURRENT_WRITERS),
  };
  registerCases(runner, 'a former holder with an open transaction', bench, cases);
}

function withTwo(
  bench: TransactionalBench,
  work: (targets: Targets, chain: ChainIdentity) => Promise<void>,
): Promise<void> {
  return bench.use(2, async (targets) => {
    const chain = chainIn(bench.unique());
    await targets[0]?.markers(chain).open();
    await work(targets, chain);
  });
}

async function refusedAtLastStep(
  [former, current]: Targets,
  chain: ChainIdentity,
  bench: TransactionalBench,
): Promise<void> {
  assert.ok(former && current);
  const name = bench.unique();
  const zombie = former.transaction(attemptScope(chain), async (transaction) => {
    await bench.effect(transaction.clients, name);
    assert.equal((await current.markers(chain).raiseFence(2)).token, 2);
    await transaction.seal();
    if (!(await transaction.raiseFence(1, WITNESS))) throw new Error('a newer holder was here');
  });
  await assert.rejects(zombie);
  await bench.staysWithout(name);
}

/** Raising the fence, even to the token that it already has, makes every transaction fail that read it before. */
async function refusedAtCommit(
  [former, current]: Targets,
  chain: ChainIdentity,
  bench: TransactionalBench,
  token: number,
): Promise<void> {
  assert.ok(former && current);
  const name = bench.unique();
  const zombie = former.transaction(attemptScope(chain), async (transaction) => {
    await bench.effect(transaction.clients, name);
    await transaction.seal();
    assert.equal(await transaction.raiseFence(1, WITNESS), true);
    await transaction.writeMarker({ changeId: 'late', attempt: 1, fence: 1, kind: 'applied' });
    assert.equal((await current.markers(chain).raiseFence(token)).token, token);
  });
  await assert.rejects(zombie);
  assert.deepEqual(await current.markers(chain).read(), []);
  await bench.staysWithout(name);
}

async function waitsForCommit([former, current]: Targets, chain: ChainIdentity): Promise<void> {
  assert.ok(former && current);
  let raising: Promise<TargetFence> | undefined;
  await former.transaction(attemptScope(chain), async (transaction) => {
    await transaction.seal();
    assert.equal(await transaction.raiseFence(1, WITNESS), true);
    raising = current.markers(chain).raiseFence(2);
    await transaction.writeMarker({ changeId: 'late', attempt: 1, fence: 1, kind: 'applied' });
  });
  assert.equal((await raising)?.token, 2);
  assert.equal((await current.markers(chain).read()).length, 1);
  assert.equal((await former.markers(chain).raiseFence(1)).token, 2);
}

async function givesUp([former, current]: Targets, chain: ChainIdentity): Promise<void> {
  assert.ok(former && current);
  await former.transaction(attemptScope(chain), async (transaction) => {
    await transaction.seal();
    assert.equal(await transaction.raiseFence(1, WITNESS), true);
    await assert.rejects(current.markers(chain).raiseFence(2));
  });
  assert.equal((await current.markers(chain).raiseFence(2)).token, 2);
}
