import assert from 'node:assert/strict';
import { registerCases, type Cases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { eventually } from '../waiting.js';
import { chainIn } from '../target-system/attempt-scope.sample.js';
import { acquired, LONG_LEASE_MS, type AuditStoreWorkbench } from './audit-store.workbench.js';

const OTHER = { holder: 'other', host: 'host-b', leaseMs: LONG_LEASE_MS };

const CASES: Cases<AuditStoreWorkbench> = {
  'is taken when it is free, and by nobody else while it is held, the holder itself included': (bench) =>
    bench.useTwo(async (first, second) => {
      const { token, ...fence } = await acquired(first);
      assert.ok(Number.isSafeInteger(token) && token > 0, `${token} is not a positive integer`);
      assert.equal(await second.acquire(OTHER), null);
      assert.equal(await first.acquire({ ...fence, host: 'host-a' }), null);
    }),

  'has a token that grows by one at every acquisition, also after a release': (bench) =>
    bench.use(2, async (connected) => {
      const tokens: number[] = [];
      for (let round = 0; round < 6; round++) {
        const fence = await acquired(connected[round % 2]!.store);
        tokens.push(fence.token);
        await connected[round % 2]!.store.release(fence);
      }
      assert.deepEqual(
        tokens,
        tokens.map((_, index) => tokens[0]! + index),
      );
    }),

  'is taken after it ran out, with the next token; the former holder can no longer renew or release it': (
    bench,
  ) =>
    bench.useTwo(async (former, current) => {
      const old = await acquired(former, bench.shortLeaseMs);
      const taken = await eventually('taking a lease that ran out', () => current.acquire(OTHER));
      assert.deepEqual(taken, { token: old.token + 1, storeId: old.storeId });
      assert.equal(await former.renew(old), false);
      await former.release(old);
      assert.equal(await former.acquire({ ...OTHER, holder: 'third' }), null, 'a former holder released it');
      assert.equal(await current.renew({ ...old, ...OTHER, token: taken.token }), true);
    }),

  'is kept by renewing it': (bench) =>
    bench.useTwo(async (holder, other) => {
      const fence = await acquired(holder, bench.shortLeaseMs);
      assert.equal(await holder.renew({ ...fence, leaseMs: LONG_LEASE_MS }), true);
      await bench.outlastShortLease();
      assert.equal(await other.acquire(OTHER), null);
    }),

  'that ran out while nobody took it is renewed': (bench) =>
    bench.useTwo(async (holder, other) => {
      const fence = await acquired(holder, bench.shortLeaseMs);
      await bench.outlastShortLease();
      assert.equal(await holder.renew({ ...fence, leaseMs: LONG_LEASE_MS }), true);
      assert.equal(await other.acquire(OTHER), null);
    }),

  'is not renewed with a token that was never given out': (bench) =>
    bench.useOne(async (store) => {
      const never = { ...chainIn(store.namespace), ...OTHER };
      for (const token of [0, 1]) assert.equal(await store.renew({ ...never, token }), false);
      const fence = await acquired(store);
      assert.equal(await store.renew({ ...fence, token: fence.token + 1 }), false);
    }),

  'is released by its holder only, and once is enough': (bench) =>
    bench.useTwo(async (holder, other) => {
      const fence = await acquired(holder);
      await other.release({ ...fence, ...OTHER, token: fence.token + 1 });
      assert.equal(await other.acquire(OTHER), null);
      await holder.release(fence);
      await holder.release(fence);
      assert.equal((await other.acquire(OTHER))?.token, fence.token + 1);
    }),

  'of one namespace says nothing about another': (bench) =>
    bench.useNamespaces(['shop', 'Shop', 'shop '], async (stores) => {
      const fences = [];
      for (const store of stores) fences.push(await acquired(store));
      await stores[0]!.release(fences[0]!);
      assert.equal(await stores[1]!.acquire(OTHER), null);
      assert.equal((await stores[0]!.acquire(OTHER))?.token, fences[0]!.token + 1);
    }),
};

/** What a store promises about its lease, with one holder at a time. */
export function leaseContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  registerCases(runner, 'lease', bench, CASES);
}
