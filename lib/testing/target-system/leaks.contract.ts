import assert from 'node:assert/strict';
import { OutsideTransactionError } from '../../core/errors.js';
import type { TransactionalTargetSystem } from '../../core/target-system.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import type { TransactionalTargetHarness } from './target-system.harness.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';
import { withMarkers } from './transaction.contract.js';

type Bench = TargetSystemWorkbench<TransactionalTargetSystem>;

/** What a transactional target system promises about statements that commit on their own or go around the transaction. */
export function leaksContract(
  runner: ContractRunner,
  bench: Bench,
  harness: TransactionalTargetHarness,
): void {
  runner.describe('leaks', () => {
    runner.it(
      'are shown by the harness where statements commit on their own',
      () =>
        bench.useOne(async (target) =>
          assert.equal(target.commitsImplicitly, harness.breakOpen !== undefined),
        ),
      CONTRACT_TIMEOUT_MS,
    );
    if (harness.breakOpen) implicitCommits(runner, bench, harness.breakOpen);
    if (harness.outside) outsideStatements(runner, bench, harness.outside);
  });
}

function implicitCommits(
  { it }: ContractRunner,
  bench: Bench,
  breakOpen: NonNullable<TransactionalTargetHarness['breakOpen']>,
): void {
  it(
    'a transaction that was broken open says so when it is sealed, and leaves no marker',
    () =>
      withMarkers(bench, async (target, namespace) => {
        const sealed = await target.transaction(attemptScope({ namespace }), async (transaction) => {
          await breakOpen(transaction.clients);
          return transaction.seal();
        });
        assert.deepEqual(sealed, { brokenOpen: true });
        assert.deepEqual(await target.markers(namespace).read(), []);
      }),
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'a transaction that was broken open and failed leaves a marker of kind open; one that was not leaves none',
    () =>
      withMarkers(bench, async (target, namespace) => {
        const fail = (work: () => Promise<void>) => async () => {
          await work();
          throw new Error('the change failed');
        };
        const scope = attemptScope({ namespace, changeId: 'broken', attempt: 3 });
        await assert.rejects(
          target.transaction(
            scope,
            fail(async () => {}),
          ),
          /the change failed/,
        );
        assert.deepEqual(await target.markers(namespace).read(), []);
        const broken = target.transaction(scope, ({ clients }) => fail(() => breakOpen(clients))());
        await assert.rejects(broken, /the change failed/);
        const [{ fence, ...left } = { fence: 0 }, ...more] = await target.markers(namespace).read();
        assert.equal(typeof fence, 'number');
        assert.deepEqual([left, more], [{ changeId: 'broken', attempt: 3, kind: 'open' }, []]);
      }),
    CONTRACT_TIMEOUT_MS,
  );
}

function outsideStatements(
  { it }: ContractRunner,
  bench: Bench,
  outside: NonNullable<TransactionalTargetHarness['outside']>,
): void {
  it(
    'a statement beside the transaction fails it, with everything in it',
    () =>
      withMarkers(bench, async (target, namespace) => {
        const name = bench.unique();
        const leaking = target.transaction(attemptScope({ namespace }), async (transaction) => {
          await bench.effect(transaction.clients, name);
          await outside(target, bench.unique());
          await transaction.seal();
        });
        await assert.rejects(leaking, OutsideTransactionError);
        await bench.staysWithout(name);
      }),
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'a statement beside the transaction is let through where the change allows it',
    () =>
      withMarkers(bench, async (target, namespace) => {
        const [name, beside] = [bench.unique(), bench.unique()];
        const scope = attemptScope({ namespace, outsideTransaction: 'allow' });
        await target.transaction(scope, async (transaction) => {
          await outside(target, beside);
          await bench.effect(transaction.clients, name);
          await transaction.seal();
        });
        assert.deepEqual([await bench.has(name), await bench.has(beside)], [true, true]);
      }),
    CONTRACT_TIMEOUT_MS,
  );
}
