import assert from 'node:assert/strict';
import { EMPTY_CHAIN } from '../../core/kit/hash-chain.js';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import type { Marker, TransactionalTargetSystem } from '../../core/model/target-system.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { atOnce } from '../waiting.js';
import { attemptScope, chainIn, ofAnotherStore } from './attempt-scope.sample.js';
import { type TransactionalBench, withMarkers, withTwoNamespaces } from './transactional.workbench.js';

const CASES: Cases<TransactionalBench> = {
  'are none before open(), and asking for them is no error': (bench) =>
    bench.useFresh(1, async ([target]) => {
      assert.deepEqual(await target?.markers(chainIn('default')).read(), []);
      assert.deepEqual(await target?.markers(chainIn('default')).read(), []);
    }),

  'can be opened by 8 instances at once, and again without losing any': (bench) =>
    bench.useFresh(8, async (targets) => {
      await atOnce(8, async (index) => targets[index]?.markers(chainIn('default')).open());
      await write(targets[0]!, chainIn('default'), [marker()]);
      await targets[1]!.markers(chainIn('default')).open();
      assert.deepEqual(await targets[2]!.markers(chainIn('default')).read(), [marker()]);
    }),

  'come with the commit, as they were written': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const written = [
        marker({ changeId: 'a', attempt: 7, fence: 3, kind: 'applied' }),
        marker({ changeId: 'b', kind: 'undone' }),
        marker({ changeId: `${'é'.repeat(199)}x` }),
        marker({ changeId: `o'brien "x" \\ 🦩` }),
      ];
      await write(target, chain, written);
      assert.deepEqual(await read(target, chain), sorted(written));
    }),

  'vanish with a transaction that fails': (bench) =>
    withMarkers(bench, async (target, chain) => {
      await assert.rejects(write(target, chain, [marker()], new Error('failed')), /failed/);
      assert.deepEqual(await read(target, chain), []);
    }),

  'are one for each change: the newer one replaces the older one': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const newer = marker({ attempt: 2, fence: 2, kind: 'undone' });
      await write(target, chain, [marker()]);
      await write(target, chain, [newer]);
      assert.deepEqual(await read(target, chain), [newer]);
    }),

  'are kept apart by ids that differ by case or accent only': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const written = ['resume', 'Resume', 'résumé'].map((changeId) => marker({ changeId }));
      await write(target, chain, written);
      assert.deepEqual(await read(target, chain), sorted(written));
    }),

  'are removed within a transaction, and come back when it fails': (bench) =>
    withMarkers(bench, async (target, chain) => {
      await write(target, chain, [marker({ changeId: 'a' }), marker({ changeId: 'b' })]);
      const failing = target.transaction(attemptScope(chain), async (transaction) => {
        await transaction.removeMarkers(['a', 'b']);
        throw new Error('failed');
      });
      await assert.rejects(failing, /failed/);
      assert.equal((await read(target, chain)).length, 2);
      await target.transaction(attemptScope(chain), async (transaction) => {
        await transaction.seal();
        await transaction.removeMarkers([]);
        await transaction.removeMarkers(['a', 'unknown']);
      });
      assert.deepEqual(await read(target, chain), [marker({ changeId: 'b' })]);
    }),

  'of one namespace have nothing to do with those of another': (bench) =>
    withTwoNamespaces(bench, async (target, one, other) => {
      await write(target, one, [marker({ attempt: 1 })]);
      await write(target, other, [marker({ attempt: 2 })]);
      await target.markers(one).remove(['a-change'], 10, EMPTY_CHAIN);
      assert.deepEqual(await read(target, one), []);
      assert.deepEqual(await read(target, other), [marker({ attempt: 2 })]);
    }),

  'of one store have nothing to do with those of another in the same namespace': (bench) =>
    withMarkers(bench, async (target, chain) => {
      const other = ofAnotherStore(chain);
      await target.markers(other).open();
      await write(target, chain, [marker({ attempt: 1 })]);
      await write(target, other, [marker({ attempt: 2 })]);
      assert.deepEqual(await read(target, chain), [marker({ attempt: 1 })]);
      await target.markers(chain).remove(['a-change'], 10, EMPTY_CHAIN);
      assert.deepEqual(await read(target, chain), []);
      assert.deepEqual(await read(target, other), [marker({ attempt: 2 })]);
    }),
};

/** What a transactional target system promises about markers. */
export function markersContract(runner: ContractRunner, bench: TransactionalBench): void {
  registerCases(runner, 'markers', bench, CASES);
}

/** A marker; a test gives the fields that matter to it. */
export function marker(given: Partial<Marker> = {}): Marker {
  return { changeId: 'a-change', attempt: 1, fence: 1, kind: 'applied', ...given };
}

/** Writes markers in one transaction, which fails when `failure` is given. */
export function write(
  target: TransactionalTargetSystem,
  chain: ChainIdentity,
  markers: readonly Marker[],
  failure?: Error,
): Promise<void> {
  return target.transaction(attemptScope(chain), async (transaction) => {
    await transaction.seal();
    for (const each of markers) await transaction.writeMarker(each);
    if (failure) throw failure;
  });
}

async function read(target: TransactionalTargetSystem, chain: ChainIdentity): Promise<Marker[]> {
  return sorted(await target.markers(chain).read());
}

function sorted(markers: readonly Marker[]): Marker[] {
  return [...markers].sort((a, b) => (a.changeId < b.changeId ? -1 : 1));
}
