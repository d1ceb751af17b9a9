import assert from 'node:assert/strict';
import { EMPTY_CHAIN } from '../../core/hash-chain.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { atOnce } from '../waiting.js';
import { acquired, append, historyOf, type AuditStoreWorkbench } from './audit-store.workbench.js';
import { draft } from './entry-samples.js';

const NOTHING = { latest: [], head: EMPTY_CHAIN, holder: null };

/** What a store promises before, at and after `open()`. */
export function openContract({ describe, it }: ContractRunner, bench: AuditStoreWorkbench): void {
  describe('open', () => {
    it(
      'reads an empty storage without writing to it',
      () =>
        bench.useFresh(2, async ([first, second]) => {
          assert.deepEqual(await first?.store.snapshot(), { ready: false, ...NOTHING });
          assert.deepEqual(
            await second?.store.snapshot(),
            { ready: false, ...NOTHING },
            'the first read wrote something',
          );
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'has no history before it',
      () => bench.useFresh(1, async ([one]) => assert.deepEqual(one && (await historyOf(one.store)), [])),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'makes the store ready, with an empty chain and a free lease',
      () =>
        bench.useFresh(2, async ([first, second]) => {
          await first?.store.open();
          assert.deepEqual(await second?.store.snapshot(), { ready: true, ...NOTHING });
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'can be raced by 8 instances on an empty storage',
      () =>
        bench.useFresh(8, async (connected) => {
          await atOnce(8, async (index) => connected[index]?.store.open());
          for (const { store } of connected)
            assert.deepEqual(await store.snapshot(), { ready: true, ...NOTHING });
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'leaves entries and the lease as they are when it is called again',
      () =>
        bench.use(2, async ([first, second]) => {
          assert.ok(first && second);
          const fence = await acquired(first.store);
          const entries = await append(first.store, fence, [draft()]);
          await atOnce(2, async (index) => [first, second][index]?.store.open());
          assert.deepEqual(await historyOf(second.store), entries);
          assert.equal(await second.store.acquire({ holder: 'other', host: 'host-b', leaseMs: 1_000 }), null);
          assert.equal(await first.store.renew(fence), true);
        }),
      CONTRACT_TIMEOUT_MS,
    );
  });
}
