import assert from 'node:assert/strict';
import { registerCases, type Cases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { eventually } from '../waiting.js';
import { acquired, append, type AuditStoreWorkbench } from './audit-store.workbench.js';
import { assertEntries } from './entry-assertions.js';
import { draft } from './entry-samples.js';

const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const CASES: Cases<AuditStoreWorkbench> = {
  'has for each change the entry with the highest seq, whatever the timestamps say': (bench) =>
    bench.useOne(async (store) => {
      const fence = await acquired(store);
      const entries = await append(store, fence, [
        draft({ changeId: 'a', at: '2030-01-01T00:00:00.000Z' }),
        draft({ changeId: 'b', at: '2026-01-01T00:00:00.000Z' }),
        draft({ changeId: 'a', at: '2020-01-01T00:00:00.000Z', state: 'APPLIED' }),
        draft({ changeId: 'b', at: '2026-01-01T00:00:00.000Z', state: 'FAILED' }),
        draft({ changeId: 'c', at: '2010-01-01T00:00:00.000Z' }),
      ]);
      const { latest, head } = await store.snapshot();
      assertEntries(bySeq(latest), entries.slice(2));
      assert.deepEqual(head, { seq: 5, hash: entries[4]?.hash });
    }),

  'tells apart ids that differ by case, accent or a trailing blank only': (bench) =>
    bench.useOne(async (store) => {
      const ids = ['resume', 'Resume', 'RESUME', 'résumé', 're\u0301sume\u0301', 'resume '];
      const entries = await append(
        store,
        await acquired(store),
        ids.map((changeId) => draft({ changeId })),
      );
      assertEntries(bySeq((await store.snapshot()).latest), entries);
    }),

  'takes ids of 200 characters': (bench) =>
    bench.useOne(async (store) => {
      const ids = ['x', 'y'].map((end) => 'é'.repeat(199) + end);
      const entries = await append(
        store,
        await acquired(store),
        ids.map((changeId) => draft({ changeId })),
      );
      assertEntries(bySeq((await store.snapshot()).latest), entries);
    }),

  'says who holds the lease, since when and until when': (bench) =>
    bench.useTwo(async (holder, reader) => {
      const fence = await acquired(holder);
      const seen = (await reader.snapshot()).holder;
      assert.equal(seen?.holder, fence.holder);
      assert.equal(seen.host, 'host-a');
      assert.match(seen.since, ISO_UTC);
      assert.match(seen.until, ISO_UTC);
      const length = Date.parse(seen.until) - Date.parse(seen.since);
      assert.ok(Math.abs(length - fence.leaseMs) < 5_000, `since and until lie ${length} ms apart`);
      await holder.release(fence);
      assert.equal((await reader.snapshot()).holder, null);
    }),

  'has no holder once the lease has run out, and it is the same since when it is renewed': (bench) =>
    bench.useOne(async (store) => {
      const fence = await acquired(store, 10_000);
      const { holder: before } = await store.snapshot();
      await store.renew({ ...fence, leaseMs: bench.shortLeaseMs });
      const { holder: after } = await store.snapshot();
      if (after) assert.equal(after.since, before?.since);
      await eventually('a snapshot without a holder', async () => (await store.snapshot()).holder === null);
    }),

  'of one namespace has nothing of another': (bench) =>
    bench.useNamespaces(['shop', 'Shop', 'shop '], async (stores) => {
      const written = [];
      for (const [index, store] of stores.entries())
        written.push(await append(store, await acquired(store), [draft({ author: `author-${index}` })]));
      for (const [index, store] of stores.entries())
        assertEntries((await store.snapshot()).latest, written[index] ?? []);
    }),
};

/** What a store promises about its snapshot. */
export function snapshotContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  registerCases(runner, 'snapshot', bench, CASES);
}

function bySeq<T extends { readonly seq: number }>(entries: readonly T[]): T[] {
  return [...entries].sort((a, b) => a.seq - b.seq);
}
