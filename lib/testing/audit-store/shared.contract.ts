import assert from 'node:assert/strict';
import { appendToChain } from '../../core/kit/hash-chain.js';
import type { AuditStore } from '../../core/model/audit-store.js';
import { StaleFenceError } from '../../core/model/errors.js';
import type { Marker, TransactionalTargetSystem } from '../../core/model/target-system.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { attemptScope, chainIn } from '../target-system/attempt-scope.sample.js';
import { acquired, type AuditStoreWorkbench, historyOf, LONG_LEASE_MS } from './audit-store.workbench.js';
import { assertEntries } from './entry-assertions.js';
import { draft } from './entry-samples.js';

const MARKER: Marker = { changeId: 'shared', attempt: 1, fence: 1, kind: 'applied' };

const CASES: Cases<AuditStoreWorkbench> = {
  'is possible because both have the same resource': (bench) =>
    bench.useOne(async (store, { target }) => assert.equal(target?.resource, store.resource)),

  'is committed with it': (bench) =>
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
      assertEntries(await historyOf(store), entries);
      assert.deepEqual(await target.markers(chainIn(store.namespace)).read(), [MARKER]);
    }),

  'vanishes with it, and the chain goes on as if it had not been': (bench) =>
    withTarget(bench, async (store, target) => {
      const fence = await acquired(store);
      const { head } = await store.snapshot();
      const failing = target.transaction(scopeOf(store), async (transaction) => {
        await transaction.writeMarker(MARKER);
        await store.append(appendToChain(head, [draft()]), fence, transaction.session);
        throw new Error('after the append');
      });
      await assert.rejects(failing, /after the append/);
      assertEntries(await historyOf(store), []);
      assert.deepEqual(await target.markers(chainIn(store.namespace)).read(), []);
      const entries = appendToChain(head, [draft({ changeId: 'instead' })]);
      await store.append(entries, fence);
      assertEntries(await historyOf(store), entries);
    }),

  'is refused when the fence is stale, and nothing of the transaction stays': (bench) =>
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
      assertEntries(await historyOf(store), []);
      assert.deepEqual(await target.markers(chainIn(store.namespace)).read(), []);
    }),

  'renews the lease': (bench) =>
    withTarget(bench, async (store, target) => {
      const fence = { ...(await acquired(store, bench.shortLeaseMs)), leaseMs: LONG_LEASE_MS };
      const entries = appendToChain((await store.snapshot()).head, [draft()]);
      await target.transaction(scopeOf(store), ({ session }) => store.append(entries, fence, session));
      await bench.outlastShortLease();
      assert.equal(await store.acquire({ holder: 'other', host: 'host-b', leaseMs: 1_000 }), null);
    }),
};

/** What a store promises when an append is part of a target system's transaction. A marker serves as the effect. */
export function sharedContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  registerCases(runner, 'append within the transaction of a target system', bench, CASES);
}

function scopeOf({ namespace }: AuditStore) {
  return attemptScope(chainIn(namespace));
}

function withTarget(
  bench: AuditStoreWorkbench,
  work: (store: AuditStore, target: TransactionalTargetSystem) => Promise<void>,
): Promise<void> {
  return bench.useOne(async (store, { target }) => {
    assert.ok(target, 'the harness says sharesTransactions, so connect() must give a target');
    await target.markers(chainIn(store.namespace)).open();
    await work(store, target);
  });
}
