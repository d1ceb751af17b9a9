import assert from 'node:assert/strict';
import { verifyAudit } from '../../core/engine/on-request/verify-audit.js';
import { EMPTY_CHAIN } from '../../core/kit/hash-chain.js';
import type { AuditStore, AuditSummary } from '../../core/model/audit-store.js';
import { StaleFenceError } from '../../core/model/errors.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { acquired, append, type AuditStoreWorkbench } from './audit-store.workbench.js';
import { draft } from './entry-samples.js';

const DIGESTS = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64));

const CASES: Cases<AuditStoreWorkbench> = {
  'ends where the entries end, after every append': (bench) =>
    bench.useTwo(async (writer, reader) => {
      const fence = await acquired(writer);
      for (const count of [1, 2, 3]) {
        const entries = await append(writer, fence, Array.from({ length: count }, draft));
        const { seq, hash } = entries.at(-1)!;
        const { head, last, token, storeId } = await reader.summary();
        assert.deepEqual({ head, last }, { head: { seq, hash }, last: { seq, hash } });
        assert.deepEqual({ token, storeId }, { token: fence.token, storeId: fence.storeId });
      }
    }),

  'has the same summary as the snapshot': (bench) =>
    bench.useOne(async (store) => {
      await append(store, await acquired(store), [draft(), draft({ changeId: 'other' })]);
      const { latest: _, holder: held, ...rest } = await store.snapshot();
      const { holder, ...summary } = await store.summary();
      assert.deepEqual(summary, rest);
      assert.equal(holder?.holder, held?.holder);
    }),

  'shows that entries at the end were removed by hand': (bench) =>
    bench.useOne(async (store) => {
      const fence = await acquired(store);
      const entries = await append(
        store,
        fence,
        [1, 2, 3, 4].map(() => draft()),
      );
      await store.release(fence);
      for (const after of [2, 0]) {
        await bench.cut(store, after);
        assertCut(await store.summary(), 4, after);
        assertCut(await store.snapshot(), 4, after);
        const { intact, firstBad, head } = await verifyAudit({ store });
        assert.equal(intact, false, `verifyAudit finds nothing wrong with ${after} of 4 entries`);
        assert.equal(firstBad?.seq, after + 1);
        assert.equal(head.hash, after ? entries[after - 1]?.hash : EMPTY_CHAIN.hash);
      }
    }),

  'is settled by a release, and not by that of a former holder': (bench) =>
    bench.useTwo(async (first, second) => {
      const fence = await acquired(first);
      const [entry] = await append(first, fence, [draft()]);
      assert.deepEqual((await second.summary()).settled, { seq: 0, digests: [] });
      const settled = { seq: entry!.seq, digests: DIGESTS };
      await first.release(fence, settled);
      assert.deepEqual((await second.summary()).settled, settled);
      const next = await acquired(second);
      await first.release(fence, { seq: 1, digests: [] });
      assert.deepEqual((await second.summary()).settled, settled);
      await second.release(next);
      assert.deepEqual((await first.summary()).settled, settled, 'a release without digests forgets them');
    }),

  'is settled without the lease while it is free, and only where the chain ends': (bench) =>
    bench.useTwo(async (first, second) => {
      const fence = await acquired(first);
      await append(first, fence, [draft(), draft()]);
      await second.settle({ seq: 2, digests: DIGESTS });
      assert.deepEqual((await first.summary()).settled.digests, [], 'settled while it was held');
      await first.release(fence);
      await second.settle({ seq: 1, digests: DIGESTS });
      assert.deepEqual((await first.summary()).settled.digests, [], 'settled elsewhere than at the end');
      await second.settle({ seq: 2, digests: DIGESTS.slice(0, 1) });
      await second.settle({ seq: 2, digests: DIGESTS });
      assert.deepEqual((await first.summary()).settled, { seq: 2, digests: DIGESTS });
      assert.ok(await first.acquire({ holder: 'next', host: 'host-a', leaseMs: 1_000 }));
    }),

  'has another store id in each namespace, and keeps it': (bench) =>
    bench.useNamespaces(['shop', 'Shop'], async ([one, other]) => {
      assert.ok(one && other);
      const id = await storeIdOf(one);
      assert.notEqual(id, await storeIdOf(other));
      await one.open();
      await one.release(await acquired(one));
      assert.equal(await storeIdOf(one), id);
    }),

  'has another store id when it was made anew': async (bench) => {
    const ids = new Set<string>();
    for (let round = 0; round < 2; round++)
      await bench.useFresh(1, async ([one]) => {
        await one!.store.open();
        ids.add(await storeIdOf(one!.store));
      });
    assert.equal(ids.size, 2);
  },

  'takes another store id from the holder of the lease only, and goes on': (bench) =>
    bench.useTwo(async (store, other) => {
      const fence = await acquired(store);
      const adopted = '00112233445566778899aabbccddeeff';
      await assert.rejects(other.adopt(adopted, { ...fence, token: fence.token + 1 }), StaleFenceError);
      assert.equal(await storeIdOf(other), fence.storeId);
      await store.adopt(adopted, fence);
      assert.equal(await storeIdOf(other), adopted);
      await append(store, fence, [draft()]);
      await store.release(fence);
      assert.equal((await acquired(other)).storeId, adopted);
    }),
};

/** What a store promises about the record of its namespace: store id, head of the chain, what is settled. */
export function recordContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  registerCases(runner, 'record', bench, CASES);
}

async function storeIdOf(store: AuditStore): Promise<string> {
  return (await store.summary()).storeId ?? '';
}

function assertCut({ head, last }: AuditSummary, recorded: number, left: number): void {
  assert.deepEqual({ head: head.seq, last: last.seq }, { head: recorded, last: left });
}
