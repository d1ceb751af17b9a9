import assert from 'node:assert/strict';
import { OutsideTransactionError } from '../../core/model/errors.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import type { TransactionalTargetHarness } from './target-system.harness.js';
import { type TransactionalBench, withMarkers } from './transactional.workbench.js';

type BreakOpen = NonNullable<TransactionalTargetHarness['breakOpen']>;
type Outside = NonNullable<TransactionalTargetHarness['outside']>;

/** What a transactional target system promises about statements that commit implicitly or run outside the transaction. */
export function leaksContract(
  runner: ContractRunner,
  bench: TransactionalBench,
  { breakOpen, outside }: TransactionalTargetHarness,
): void {
  registerCases(runner, 'leaks', bench, {
    'are shown by the harness exactly where statements commit on their own': () =>
      bench.useOne(async (target) => assert.equal(breakOpen !== undefined, target.commitsImplicitly)),
    ...(breakOpen && implicitCommits(breakOpen)),
    ...(outside && outsideStatements(outside)),
  });
}

const implicitCommits = (breakOpen: BreakOpen): Cases<TransactionalBench> => ({
  'a transaction that was broken open says so when it is sealed, and leaves no marker': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const sealed = await target.transaction(attemptScope(chain), async (transaction) => {
        await breakOpen(transaction.clients);
        return transaction.seal();
      });
      assert.deepEqual(sealed, { brokenOpen: true });
      assert.deepEqual(await target.markers(chain).read(), []);
    }),

  'a transaction that was broken open and failed leaves a marker of kind open': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const scope = attemptScope({ ...chain, changeId: 'broken', attempt: 3 });
      const failing = target.transaction(scope, async ({ clients }) => {
        await breakOpen(clients);
        throw new Error('the change failed');
      });
      await assert.rejects(failing, /the change failed/);
      const left = await target.markers(chain).read();
      assert.deepEqual(
        left.map(({ changeId, attempt, kind }) => ({ changeId, attempt, kind })),
        [{ changeId: 'broken', attempt: 3, kind: 'open' }],
      );
    }),

  'a transaction that was not broken open and failed leaves no marker': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const failing = target.transaction(attemptScope(chain), async ({ clients }) => {
        await bench.effect(clients, bench.unique());
        throw new Error('the change failed');
      });
      await assert.rejects(failing, /the change failed/);
      assert.deepEqual(await target.markers(chain).read(), []);
    }),
});

const outsideStatements = (outside: Outside): Cases<TransactionalBench> => ({
  'a statement beside the transaction fails it, with everything in it': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const name = bench.unique();
      const leaking = target.transaction(attemptScope(chain), async (transaction) => {
        await bench.effect(transaction.clients, name);
        await outside(target, bench.unique());
        await transaction.seal();
      });
      await assert.rejects(leaking, OutsideTransactionError);
      await bench.staysWithout(name);
    }),

  'a statement beside the transaction is let through where the change allows it': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const [name, beside] = [bench.unique(), bench.unique()];
      const scope = attemptScope({ ...chain, outsideTransaction: 'allow' });
      await target.transaction(scope, async (transaction) => {
        await outside(target, beside);
        await bench.effect(transaction.clients, name);
        await transaction.seal();
      });
      assert.deepEqual([await bench.has(name), await bench.has(beside)], [true, true]);
    }),
});
