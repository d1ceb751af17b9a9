import assert from 'node:assert/strict';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { eventually } from '../waiting.js';
import { acquired, LONG_LEASE_MS, type AuditStoreWorkbench } from './audit-store.workbench.js';

const OTHER = { holder: 'other', host: 'host-b', leaseMs: LONG_LEASE_MS };

/** What a store promises about its lease, with one holder at a time. */
export function leaseContract({ describe, it }: ContractRunner, bench: AuditStoreWorkbench): void {
  describe('lease', () => {
    it(
      'is taken when it is free, and by nobody else while it is held, the holder itself included',
      () =>
        bench.use(2, async ([first, second]) => {
          assert.ok(first && second);
          const { token, ...fence } = await acquired(first.store);
          assert.ok(Number.isSafeInteger(token) && token > 0, `${token} is not a positive integer`);
          assert.equal(await second.store.acquire(OTHER), null);
          assert.equal(await first.store.acquire({ ...fence, host: 'host-a' }), null);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'has a token that grows by one at every acquisition, also after a release',
      () =>
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
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'is taken after it ran out, with the next token; the former holder can no longer renew or release it',
      () =>
        bench.use(2, async ([former, current]) => {
          assert.ok(former && current);
          const old = await acquired(former.store, bench.shortLeaseMs);
          const token = await eventually('taking a lease that ran out', () => current.store.acquire(OTHER));
          assert.equal(token, old.token + 1);
          assert.equal(await former.store.renew(old), false);
          await former.store.release(old);
          assert.equal(
            await former.store.acquire({ ...OTHER, holder: 'third' }),
            null,
            'a former holder released it',
          );
          assert.equal(await current.store.renew({ ...OTHER, token }), true);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'is kept by renewing it',
      () =>
        bench.use(2, async ([holder, other]) => {
          assert.ok(holder && other);
          const fence = await acquired(holder.store, bench.shortLeaseMs);
          assert.equal(await holder.store.renew({ ...fence, leaseMs: LONG_LEASE_MS }), true);
          await bench.outlastShortLease();
          assert.equal(await other.store.acquire(OTHER), null);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'that ran out while nobody took it is renewed',
      () =>
        bench.use(2, async ([holder, other]) => {
          assert.ok(holder && other);
          const fence = await acquired(holder.store, bench.shortLeaseMs);
          await bench.outlastShortLease();
          assert.equal(await holder.store.renew({ ...fence, leaseMs: LONG_LEASE_MS }), true);
          assert.equal(await other.store.acquire(OTHER), null);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'is not renewed with a token that was never given out',
      () =>
        bench.useOne(async (store) => {
          assert.equal(await store.renew({ ...OTHER, token: 1 }), false);
          const fence = await acquired(store);
          assert.equal(await store.renew({ ...fence, token: fence.token + 1 }), false);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'is released by its holder only, and once is enough',
      () =>
        bench.use(2, async ([holder, other]) => {
          assert.ok(holder && other);
          const fence = await acquired(holder.store);
          await other.store.release({ ...OTHER, token: fence.token + 1 });
          assert.equal(await other.store.acquire(OTHER), null);
          await holder.store.release(fence);
          await holder.store.release(fence);
          assert.equal(await other.store.acquire(OTHER), fence.token + 1);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'of one namespace says nothing about another',
      () =>
        bench.useNamespaces(['shop', 'Shop', 'shop '], async (stores) => {
          const fences = [];
          for (const store of stores) fences.push(await acquired(store));
          await stores[0]!.release(fences[0]!);
          assert.equal(await stores[1]!.acquire(OTHER), null);
          assert.equal(await stores[0]!.acquire(OTHER), fences[0]!.token + 1);
        }),
      CONTRACT_TIMEOUT_MS,
    );
  });
}
