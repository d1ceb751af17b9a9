import assert from 'node:assert/strict';
import { NOTHING_YET } from '../../core/kit/base-audit-store.js';
import type { AuditStore } from '../../core/model/audit-store.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { atOnce } from '../waiting.js';
import { acquired, append, type AuditStoreWorkbench, historyOf } from './audit-store.workbench.js';
import { assertEntries } from './entry-assertions.js';
import { draft } from './entry-samples.js';

const { ready: _, storeId: __, ...NOTHING } = NOTHING_YET;

const CASES: Cases<AuditStoreWorkbench> = {
  'reads an empty storage without writing to it': (bench) =>
    bench.useFresh(2, async ([first, second]) => {
      assert.deepEqual(await first?.store.snapshot(), NOTHING_YET);
      assert.deepEqual(await second?.store.snapshot(), NOTHING_YET, 'the first read wrote something');
    }),

  'has no history before it': (bench) =>
    bench.useFresh(1, async ([one]) => assert.deepEqual(one && (await historyOf(one.store)), [])),

  'makes the store ready, with an empty chain and a free lease': (bench) =>
    bench.useFresh(2, async ([first, second]) => {
      await first?.store.open();
      assert.ok(second);
      await assertNew(second.store);
    }),

  'can be raced by 8 instances on an empty storage': (bench) =>
    bench.useFresh(8, async (connected) => {
      await atOnce(8, async (index) => connected[index]?.store.open());
      const ids = [];
      for (const { store } of connected) ids.push(await assertNew(store));
      assert.equal(new Set(ids).size, 1, 'the store has several ids');
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

/** @returns its id */
async function assertNew(store: AuditStore): Promise<string> {
  const { ready, storeId, ...rest } = await store.snapshot();
  assert.equal(ready, true);
  assert.match(storeId ?? '', /^[0-9a-f]{32}$/);
  assert.deepEqual(rest, NOTHING);
  const { latest, ...summary } = rest;
  assert.deepEqual(await store.summary(), { ready, storeId, ...summary });
  assert.deepEqual(latest, []);
  return storeId ?? '';
}

/** What a store promises before, at and after `open()`. */
export function openContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  registerCases(runner, 'open', bench, CASES);
}
