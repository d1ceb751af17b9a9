import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditStore, Fence } from '../../core/model/audit-store.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { atOnce, eventually } from '../waiting.js';
import { acquired, append, type AuditStoreWorkbench, LONG_LEASE_MS } from './audit-store.workbench.js';
import { draft } from './entry-samples.js';

const OTHER = { holder: 'other', host: 'host-b', leaseMs: LONG_LEASE_MS };

const CASES: Cases<AuditStoreWorkbench> = {
  'is not taken at first sight, however long ago it was written, but after a whole lease of watching': (
    bench,
  ) =>
    bench.useTwo(async (dead, late) => {
      const { token } = await acquired(dead, bench.shortLeaseMs);
      await bench.outlastShortLease();
      const start = performance.now();
      assert.equal(await late.acquire(OTHER), null);
      assert.notEqual((await late.snapshot()).holder, null);
      const taken = await eventually('taking the lease', () => late.acquire(OTHER));
      const watched = performance.now() - start;
      assert.equal(taken?.token, token + 1);
      assert.ok(watched >= bench.shortLeaseMs, `it was taken after only ${watched} ms`);
    }),

  'counts the time during which only snapshots were read': (bench) =>
    bench.useTwo(async (dead, reader) => {
      const { token } = await acquired(dead, bench.shortLeaseMs);
      await reader.snapshot();
      await bench.outlastShortLease();
      assert.equal((await reader.snapshot()).holder, null);
      assert.equal((await reader.acquire(OTHER))?.token, token + 1);
    }),

  'is never taken by 7 that watch while it is renewed': (bench) =>
    stays(bench, (holder, fence) => holder.renew(fence)),

  'is never taken by 7 that watch while its holder appends': (bench) =>
    stays(bench, (holder, fence) => append(holder, fence, [draft()])),

  'counts from the last renewal that was seen, not from the first sight': (bench) =>
    bench.useTwo(async (holder, other) => {
      const fence = await acquired(holder, bench.shortLeaseMs);
      assert.equal(await other.acquire(OTHER), null);
      await sleep(bench.shortLeaseMs * 0.8);
      await holder.renew(fence);
      const renewed = performance.now();
      const taken = await eventually('taking the lease', () => other.acquire(OTHER));
      assert.equal(taken?.token, fence.token + 1);
      assert.ok(performance.now() - renewed >= bench.shortLeaseMs, 'a renewal was overlooked');
    }),

  'that a newer holder took is watched anew': (bench) =>
    bench.use(3, async ([dead, next, third]) => {
      assert.ok(dead && next && third);
      await acquired(dead.store, bench.shortLeaseMs);
      await third.store.acquire(OTHER);
      await eventually('taking the lease', () => next.store.acquire(OTHER));
      assert.equal(await third.store.acquire(OTHER), null);
    }),

  'is taken at first sight when it was released': (bench) =>
    bench.useTwo(async (holder, other) => {
      const fence = await acquired(holder);
      await other.acquire(OTHER);
      await holder.release(fence);
      assert.equal((await other.acquire(OTHER))?.token, fence.token + 1);
    }),

  'that was released is renewed by nobody': (bench) =>
    bench.useOne(async (store) => {
      const fence = await acquired(store);
      await store.release(fence);
      assert.equal(await store.renew(fence), false);
    }),
};

/** What a store without a clock promises: a lease has expired when it was seen unchanged for its whole length. */
export function watchedLeaseContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  registerCases(runner, 'lease judged by watching', bench, CASES);
}

const ASKING_PAUSE_MS = 20;

/** Keeps a short lease for more than twice its length, while all others ask for it again and again. */
function stays(
  bench: AuditStoreWorkbench,
  keep: (holder: AuditStore, fence: Fence) => Promise<unknown>,
): Promise<void> {
  return bench.use(8, async ([holder, ...others]) => {
    assert.ok(holder);
    // Long enough for a busy machine to renew in time. The pause below leaves the server time for the holder.
    const fence = await acquired(holder.store, bench.shortLeaseMs * 5);
    let done = false;
    const watching = atOnce(others.length, async (index) => {
      const answers = new Set<unknown>();
      while (!done) {
        answers.add((await others[index]?.store.acquire(OTHER)) ?? null);
        await sleep(ASKING_PAUSE_MS);
      }
      return [...answers];
    });
    for (let renewals = 0; renewals < 12; renewals++) {
      await sleep(bench.shortLeaseMs);
      await keep(holder.store, fence);
    }
    done = true;
    for (const answers of await watching) assert.deepEqual(answers, [null]);
  });
}
