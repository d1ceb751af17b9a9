import assert from 'node:assert/strict';
import { adoptTargets } from '../../core/engine/on-request/adopt-targets.js';
import type { AuditEntry } from '../../core/model/audit-entry.js';
import type { AuditStore } from '../../core/model/audit-store.js';
import type { MarkerKind } from '../../core/model/target-system.js';
import { marker, write } from '../target-system/markers.contract.js';
import { assertOutcomes } from './expectations.js';
import { altered } from './faults.js';
import type { Replica } from './replica.js';
import type { SampleChange } from './sample-change.js';
import type { Scene } from './scene.js';

/** A person marks the change, which is in effect, and adopts the target systems; nothing runs again. */
export async function goOn(scene: Scene, store: AuditStore, change: SampleChange): Promise<void> {
  const before = [...change.calls];
  const resolution = { changeId: change.id, as: 'applied', reason: 'it was there' } as const;
  await scene.app.resolve([change], resolution, { store });
  await adopt(scene.app, store);
  assertOutcomes(await scene.app.run([change], { store }), 'nothing-to-do', {
    [change.id]: 'already-applied',
  });
  assert.deepEqual(change.calls, before);
}

/** Another store with the same namespace. For the target system it is the store of another app. */
export async function otherStore(scene: Scene): Promise<AuditStore> {
  const { namespace } = scene;
  const { store } = (await scene.join({ namespace: `${namespace}-other` })).pair;
  return altered(store, { namespace });
}

/** A store with the id of the scene's store and only these of its entries, as after an old backup was restored. */
export async function restoredStore(scene: Scene, entries: readonly AuditEntry[] = []): Promise<AuditStore> {
  const store = await otherStore(scene);
  await store.open();
  const holder = { holder: 'restore', host: 'host-a', leaseMs: 20_000 };
  const taken = await store.acquire(holder);
  assert.ok(taken);
  const fence = { ...taken, ...holder, namespace: scene.namespace };
  await store.adopt((await scene.chain()).storeId, fence);
  if (entries.length) await store.append(entries, { ...fence, ...(await scene.chain()) });
  await store.release(fence);
  return store;
}

/** Leaves the marker of the first attempt as a process does that crashes right after the commit. */
export async function leaveMarker(scene: Scene, { id }: SampleChange, kind: MarkerKind): Promise<void> {
  const chain = await scene.chain();
  await scene.transactional.markers(chain).open();
  await write(scene.transactional, chain, [marker({ changeId: id, kind })]);
}

/** Adopts the target systems with an app that has these changes. */
export function adopt(
  replica: Replica,
  store: AuditStore,
  forget: readonly string[] = [],
  changes: readonly SampleChange[] = [],
) {
  const request = { executionId: 'adoption', stop: new AbortController().signal };
  const storeId = 'ad0b7ed0'.repeat(4);
  return adoptTargets(replica.settings(changes, { store }), request, { reason: 'restored', storeId, forget });
}
