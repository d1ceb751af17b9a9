import assert from 'node:assert/strict';
import type { ChainHead } from '../../core/model/audit-entry.js';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import type { TransactionalTargetSystem } from '../../core/model/target-system.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { attemptScope, chainIn, ofAnotherStore } from './attempt-scope.sample.js';
import { marker, write } from './markers.contract.js';
import { type TransactionalBench, withMarkers, withTwoNamespaces } from './transactional.workbench.js';

/** The audit entry that commits in these tests have seen. */
export const WITNESS: ChainHead = { seq: 7, hash: 'ab'.repeat(32) };

const CASES: Cases<TransactionalBench> = {
  'is raised to a higher or the same token, and refuses a lower one': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const markers = target.markers(chain);
      const answers = [];
      for (const token of [1, 3, 3, 2, 1, 4, 3]) answers.push(await markers.raiseFence(token));
      assert.deepEqual(
        answers.map(({ token }) => token),
        [1, 3, 3, 3, 3, 4, 4],
      );
    }),

  'is raised within a transaction by the same rule': (bench) =>
    withMarkers(bench, async (target, chain) => {
      assert.equal((await target.markers(chain).raiseFence(3)).token, 3);
      assert.equal(await raise(target, chain, 2), false);
      assert.equal(await raise(target, chain, 3), true);
      assert.equal(await raise(target, chain, 5), true);
      assert.equal((await target.markers(chain).raiseFence(4)).token, 5);
    }),

  'is as before when the transaction that raised it fails': (bench) =>
    withMarkers(bench, async (target, chain) => {
      assert.equal((await target.markers(chain).raiseFence(1)).token, 1);
      await assert.rejects(raise(target, chain, 9, new Error('failed')), /failed/);
      assert.deepEqual(await target.markers(chain).raiseFence(2), { token: 2, witness: null });
    }),

  'keeps the entry that the last commit has seen, whoever raises it': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const markers = target.markers(chain);
      assert.deepEqual(await markers.raiseFence(1), { token: 1, witness: null });
      await raise(target, chain, 1);
      assert.deepEqual(await markers.raiseFence(2), { token: 2, witness: WITNESS });
      const later = { seq: 9_007_199_254_740_991, hash: 'e'.repeat(64) };
      await raise(target, chain, 3, undefined, later);
      assert.deepEqual(await markers.raiseFence(2), { token: 3, witness: later });
      await assert.rejects(raise(target, chain, 4, new Error('failed')), /failed/);
      assert.deepEqual(await markers.raiseFence(3), { token: 3, witness: later });
    }),

  'keeps markers from a former holder that wants to remove them': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const markers = target.markers(chain);
      await markers.raiseFence(3);
      await write(target, chain, [marker({ fence: 3 })]);
      await markers.remove(['a-change'], 2, WITNESS).catch(() => {});
      assert.deepEqual(await markers.read(), [marker({ fence: 3 })]);
      assert.deepEqual(await markers.raiseFence(3), { token: 3, witness: null });
      await markers.remove([], 3, WITNESS);
      await markers.remove(['a-change', 'unknown'], 3, WITNESS);
      assert.deepEqual(await markers.read(), []);
    }),

  'keeps the last entry that whoever removes markers has seen, and never an earlier one': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const markers = target.markers(chain);
      await markers.raiseFence(3);
      const removing = async (seq: number, hash: string) => {
        await write(target, chain, [marker({ fence: 3 })]);
        await markers.remove(['a-change'], 3, { seq, hash: hash.repeat(64) });
        assert.deepEqual(await markers.read(), []);
        return (await markers.raiseFence(3)).witness;
      };
      const later = { seq: 8, hash: 'c'.repeat(64) };
      assert.deepEqual(await removing(7, 'b'), { seq: 7, hash: 'b'.repeat(64) });
      assert.deepEqual(await removing(8, 'c'), later);
      assert.deepEqual(await removing(8, 'd'), later);
      assert.deepEqual(await removing(6, 'e'), later);
      await raise(target, chain, 3, undefined, { seq: 9, hash: 'f'.repeat(64) });
      assert.deepEqual(await removing(10, '0'), { seq: 10, hash: '0'.repeat(64) });
    }),

  'of one namespace has nothing to do with that of another': (bench) =>
    withTwoNamespaces(bench, async (target, one, other) => {
      assert.equal((await target.markers(one).raiseFence(9)).token, 9);
      assert.equal((await target.markers(other).raiseFence(1)).token, 1);
    }),

  'of one store has nothing to do with that of another in the same namespace': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const other = ofAnotherStore(chain);
      assert.equal((await target.markers(chain).raiseFence(9)).token, 9);
      assert.equal((await target.markers(other).raiseFence(1)).token, 1);
      await raise(target, other, 1);
      assert.deepEqual(await target.markers(chain).raiseFence(9), { token: 9, witness: null });
    }),

  'is listed with those of all stores, and forgotten alone': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const other = ofAnotherStore(chain);
      await target.markers(chain).raiseFence(2);
      await raise(target, chain, 2);
      await target.markers(other).raiseFence(5);
      await write(target, chain, [marker()]);
      await write(target, other, [marker({ attempt: 2 })]);
      const listed = async () =>
        // A copy: under jest, arrays made by a driver belong to another realm and are not deeply equal to ours.
        [...(await target.markers(chain).fences())]
          .filter(({ namespace }) => namespace === chain.namespace)
          .sort((a, b) => a.token - b.token);
      assert.deepEqual(await listed(), [
        { ...chain, token: 2, witness: WITNESS },
        { ...other, token: 5, witness: null },
      ]);
      await target.markers(chain).forget();
      assert.deepEqual(await listed(), [{ ...other, token: 5, witness: null }]);
      assert.deepEqual(await target.markers(chain).read(), []);
      assert.deepEqual(await target.markers(other).read(), [marker({ attempt: 2 })]);
      await target.markers(chain).forget();
      assert.deepEqual(await target.markers(chain).raiseFence(1), { token: 1, witness: null });
    }),

  'is none before open(), and asking for it is no error': (bench) =>
    bench.useFresh(1, async ([target]) =>
      assert.equal((await target?.markers(chainIn('default')).fences())?.length, 0),
    ),
};

/** What a transactional target system promises about its fence row, which refuses former holders. */
export function fenceRowContract(runner: ContractRunner, bench: TransactionalBench): void {
  registerCases(runner, 'fence row', bench, CASES);
}

function raise(
  target: TransactionalTargetSystem,
  chain: ChainIdentity,
  token: number,
  failure?: Error,
  witness = WITNESS,
): Promise<boolean> {
  return target.transaction(attemptScope(chain), async (transaction) => {
    await transaction.seal();
    const raised = await transaction.raiseFence(token, witness);
    if (failure) throw failure;
    return raised;
  });
}
