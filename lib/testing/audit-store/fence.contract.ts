import assert from 'node:assert/strict';
import { appendToChain } from '../../core/kit/hash-chain.js';
import type { AuditStore, Fence } from '../../core/model/audit-store.js';
import { StaleFenceError } from '../../core/model/errors.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { eventually } from '../waiting.js';
import {
  acquired,
  append,
  type AuditStoreWorkbench,
  historyOf,
  LONG_LEASE_MS,
} from './audit-store.workbench.js';
import { assertEntries } from './entry-assertions.js';
import { draft } from './entry-samples.js';

async function refusesStale(store: AuditStore, fence: Fence): Promise<void> {
  const { head } = await store.snapshot();
  const before = await historyOf(store);
  for (const drafts of [[draft()], [draft(), draft({ state: 'APPLIED' }), draft({ changeId: 'next' })]])
    await assert.rejects(store.append(appendToChain(head, drafts), fence), StaleFenceError);
  assertEntries(await historyOf(store), before);
  assert.deepEqual((await store.snapshot()).head, head);
}

const CASES: Cases<AuditStoreWorkbench> = {
  'refuses to append before anybody has taken the lease': (bench) =>
    bench.useOne(async (store) => {
      for (const token of [0, 1])
        await refusesStale(store, {
          storeId: '',
          namespace: store.namespace,
          token,
          holder: 'nobody',
          leaseMs: LONG_LEASE_MS,
        });
    }),

  'refuses a token that was never given out': (bench) =>
    bench.useOne(async (store) => refusesStale(store, { ...(await acquired(store)), token: 1_000_000 })),

  'refuses a former holder, all of a call, after another took the lease that had run out': (bench) =>
    bench.useTwo(async (former, current) => {
      const old = await acquired(former, bench.shortLeaseMs);
      const fence = await takeOver(current);
      await refusesStale(former, old);
      const entries = await append(current, fence, [draft()]);
      await refusesStale(former, old);
      assertEntries(await historyOf(former), entries);
    }),

  'refuses a former holder after another took the released lease': (bench) =>
    bench.useTwo(async (former, current) => {
      const old = await acquired(former);
      await former.release(old);
      await acquired(current);
      await refusesStale(former, old);
    }),

  'refuses another holder of the same token, as of a store that was here before it was made anew': (bench) =>
    bench.useOne(async (store) => {
      const fence = await acquired(store);
      const stranger = { ...fence, holder: 'of-the-former-store' };
      await refusesStale(store, stranger);
      assert.equal(await store.renew(stranger), false);
      await store.release(stranger);
      assert.equal((await store.snapshot()).holder?.holder, fence.holder);
      await assert.rejects(store.adopt('a'.repeat(32), stranger), StaleFenceError);
      assert.equal((await store.summary()).storeId, fence.storeId);
      await append(store, fence, [draft()]);
    }),

  'lets the holder append although the lease ran out, while nobody took it': (bench) =>
    bench.useOne(async (store) => {
      const fence = await acquired(store, bench.shortLeaseMs);
      await bench.outlastShortLease();
      const entries = await append(store, fence, [draft()]);
      assertEntries(await historyOf(store), entries);
    }),

  'renews the lease': (bench) =>
    bench.useTwo(async (holder, other) => {
      const fence = await acquired(holder, bench.shortLeaseMs);
      await append(holder, { ...fence, leaseMs: LONG_LEASE_MS }, [draft()]);
      await bench.outlastShortLease();
      assert.equal(await other.acquire({ holder: 'other', host: 'host-b', leaseMs: 1_000 }), null);
    }),
};

/** What a store promises about who may append. */
export function fenceContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  registerCases(runner, 'fence', bench, CASES);
}

function takeOver(store: AuditStore): Promise<Fence> {
  const request = { holder: 'current', host: 'host-b', leaseMs: LONG_LEASE_MS };
  return eventually('taking a lease that ran out', async () => {
    const taken = await store.acquire(request);
    return taken !== null && { ...taken, namespace: store.namespace, ...request };
  });
}
