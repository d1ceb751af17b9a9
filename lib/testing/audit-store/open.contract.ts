import assert from 'node:assert/strict';
import { EMPTY_CHAIN } from '../../core/hash-chain.js';
import { registerCases, type Cases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { atOnce } from '../waiting.js';
import { acquired, append, historyOf, type AuditStoreWorkbench } from './audit-store.workbench.js';
import { assertEntries } from './entry-assertions.js';
import { draft } from './entry-samples.js';

const NOTHING = { latest: [], head: EMPTY_CHAIN, holder: null };

const CASES: Cases<AuditStoreWorkbench> = {
  'reads an empty storage without writing to it': (bench) =>
    bench.useFresh(2, async ([first, second]) => {
      assert.deepEqual(await first?.store.snapshot(), { ready: false, ...NOTHING });
      assert.deepEqual(
        await second?.store.snapshot(),
        { ready: false, ...NOTHING },
        'the first read wrote something',
      );
    }),

  'has no history before it': (bench) =>
    bench.useFresh(1, async ([one]) => assert.deepEqual(one && (await historyOf(one.store)), [])),

  'makes the store ready, with an empty chain and a free lease': (bench) =>
    bench.useFresh(2, async ([first, second]) => {
      await first?.store.open();
      assert.deepEqual(await second?.store.snapshot(), { ready: true, ...NOTHING });
    }),

  'can be raced by 8 instances on an empty storage': (bench) =>
    bench.useFresh(8, async (connected) => {
      await atOnce(8, async (index) => connected[index]?.store.open());
      for (const { store } of connected)
        assert.deepEqual(await store.snapshot(), { ready: true, ...NOTHING });
    }),

  'leaves entries and the lease as they are when it is called again': (bench) =>
    bench.useTwo(async (first, second) => {
      const fence = await acquired(first);
      const entries = await append(first, fence, [draft()]);
      await Promise.all([first.open(), second.open()]);
      assertEntries(await historyOf(second), entries);
      assert.equal(await second.acquire({ holder: 'other', host: 'host-b', leaseMs: 1_000 }), null);
      assert.equal(await first.renew(fence), true);
    }),
};

/** What a store promises before, at and after `open()`. */
export function openContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  registerCases(runner, 'open', bench, CASES);
}
