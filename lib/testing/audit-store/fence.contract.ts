import assert from 'node:assert/strict';
import type { AuditStore, Fence } from '../../core/audit-store.js';
import { StaleFenceError } from '../../core/errors.js';
import { EMPTY_CHAIN, appendToChain } from '../../core/hash-chain.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { eventually } from '../waiting.js';
import {
  acquired,
  append,
  historyOf,
  LONG_LEASE_MS,
  type AuditStoreWorkbench,
} from './audit-store.workbench.js';
import { draft } from './entry-samples.js';

async function refusesStale(store: AuditStore, fence: Fence): Promise<void> {
  const { head } = await store.snapshot();
  const before = await historyOf(store);
  for (const drafts of [[draft()], [draft(), draft({ state: 'APPLIED' }), draft({ changeId: 'next' })]])
    await assert.rejects(store.append(appendToChain(head, drafts), fence), StaleFenceError);
  assert.deepEqual(await historyOf(store), before, 'a refused append wrote something');
  assert.deepEqual((await store.snapshot()).head, head);
}

/** What a store promises about who may append. */
export function fenceContract({ describe, it }: ContractRunner, bench: AuditStoreWorkbench): void {
  describe('fence', () => {
    it(
      'refuses to append before anybody has taken the lease',
      () =>
        bench.useOne((store) => refusesStale(store, { token: 1, holder: 'nobody', leaseMs: LONG_LEASE_MS })),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'refuses a token that was never given out',
      () =>
        bench.useOne(async (store) => refusesStale(store, { ...(await acquired(store)), token: 1_000_000 })),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'refuses a former holder, all of a call, after another took the lease that had run out',
      () =>
        bench.use(2, async ([former, current]) => {
          assert.ok(former && current);
          const old = await acquired(former.store, bench.shortLeaseMs);
          const fence = await takeOver(current.store);
          await refusesStale(former.store, old);
          const entries = await append(current.store, fence, [draft()]);
          await refusesStale(former.store, old);
          assert.deepEqual(await historyOf(former.store), entries);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'refuses a former holder after another took the released lease',
      () =>
        bench.use(2, async ([former, current]) => {
          assert.ok(former && current);
          const old = await acquired(former.store);
          await former.store.release(old);
          await acquired(current.store);
          await refusesStale(former.store, old);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'lets the holder append although the lease ran out, while nobody took it',
      () =>
        bench.useOne(async (store) => {
          const fence = await acquired(store, bench.shortLeaseMs);
          await bench.outlastShortLease();
          assert.deepEqual(await append(store, fence, [draft()]), await historyOf(store));
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'renews the lease by the way',
      () =>
        bench.use(2, async ([holder, other]) => {
          assert.ok(holder && other);
          const fence = await acquired(holder.store, bench.shortLeaseMs);
          await append(holder.store, { ...fence, leaseMs: LONG_LEASE_MS }, [draft()]);
          await bench.outlastShortLease();
          assert.equal(await other.store.acquire({ holder: 'other', host: 'host-b', leaseMs: 1_000 }), null);
        }),
      CONTRACT_TIMEOUT_MS,
    );
  });
}

function takeOver(store: AuditStore): Promise<Fence> {
  const request = { holder: 'current', host: 'host-b', leaseMs: LONG_LEASE_MS };
  return eventually('taking a lease that ran out', async () => {
    const token = await store.acquire(request);
    return token !== null && { token, ...request };
  });
}
