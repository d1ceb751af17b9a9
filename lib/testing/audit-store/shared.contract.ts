import assert from 'node:assert/strict';
import type { AuditStore } from '../../core/audit-store.js';
import { StaleFenceError } from '../../core/errors.js';
import { appendToChain } from '../../core/hash-chain.js';
import type { Marker, TransactionalTargetSystem } from '../../core/target-system.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { attemptScope } from '../target-system/attempt-scope.sample.js';
import { acquired, historyOf, LONG_LEASE_MS, type AuditStoreWorkbench } from './audit-store.workbench.js';
import { draft } from './entry-samples.js';

const MARKER: Marker = { changeId: 'shared', attempt: 1, fence: 1, kind: 'applied' };

/** What a store promises when an append is part of a target system's transaction. The effect is a marker. */
export function sharedContract({ describe, it }: ContractRunner, bench: AuditStoreWorkbench): void {
  describe('append within the transaction of a target system', () => {
    it(
      'is possible because both have the same resource',
      () => bench.useOne(async (store, { target }) => assert.equal(target?.resource, store.resource)),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'is committed with it',
      () =>
        withTarget(bench, async (store, target) => {
          const fence = await acquired(store);
          const entries = appendToChain((await store.snapshot()).head, [
            draft({ state: 'APPLIED' }),
            draft({ changeId: 'n' }),
          ]);
          await target.transaction(scopeOf(store), async (transaction) => {
            await transaction.seal();
            await transaction.writeMarker(MARKER);
            await store.append(entries, fence, transaction.session);
          });
          assert.deepEqual(await historyOf(store), entries);
          assert.deepEqual(await target.markers(store.namespace).read(), [MARKER]);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'vanishes with it, and the chain goes on as if it had not been',
      () =>
        withTarget(bench, async (store, target) => {
          const fence = await acquired(store);
          const { head } = await store.snapshot();
          const failing = target.transaction(scopeOf(store), async (transaction) => {
            await transaction.writeMarker(MARKER);
            await store.append(appendToChain(head, [draft()]), fence, transaction.session);
            throw new Error('after the append');
          });
          await assert.rejects(failing, /after the append/);
          assert.deepEqual(await historyOf(store), []);
          assert.deepEqual(await target.markers(store.namespace).read(), []);
          const entries = appendToChain(head, [draft({ changeId: 'instead' })]);
          await store.append(entries, fence);
          assert.deepEqual(await historyOf(store), entries);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'is refused when the fence is stale, and nothing of the transaction stays',
      () =>
        withTarget(bench, async (store, target) => {
          const old = await acquired(store);
          await store.release(old);
          await acquired(store);
          const { head } = await store.snapshot();
          const zombie = target.transaction(scopeOf(store), async (transaction) => {
            await transaction.writeMarker(MARKER);
            await store.append(appendToChain(head, [draft(), draft()]), old, transaction.session);
          });
          await assert.rejects(zombie, StaleFenceError);
          assert.deepEqual(await historyOf(store), []);
          assert.deepEqual(await target.markers(store.namespace).read(), []);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'renews the lease',
      () =>
        withTarget(bench, async (store, target) => {
          const fence = { ...(await acquired(store, bench.shortLeaseMs)), leaseMs: LONG_LEASE_MS };
          const entries = appendToChain((await store.snapshot()).head, [draft()]);
          await target.transaction(scopeOf(store), ({ session }) => store.append(entries, fence, session));
          await bench.outlastShortLease();
          assert.equal(await store.acquire({ holder: 'other', host: 'host-b', leaseMs: 1_000 }), null);
        }),
      CONTRACT_TIMEOUT_MS,
    );
  });
}

function scopeOf({ namespace }: AuditStore) {
  return attemptScope({ namespace });
}

function withTarget(
  bench: AuditStoreWorkbench,
  work: (store: AuditStore, target: TransactionalTargetSystem) => Promise<void>,
): Promise<void> {
  return bench.useOne(async (store, { target }) => {
    assert.ok(target, 'the harness says sharesTransactions, so connect() must give a target');
    await target.markers(store.namespace).open();
    await work(store, target);
  });
}
