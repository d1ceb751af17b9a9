import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connection } from 'mongoose';
import { AuditStoreError, TargetSystemError } from 'nestjs-flamingock';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import { appendToChain } from '../../../lib/core/kit/hash-chain.js';
import { upgradeCollections } from '../../../lib/systems/mongoose/store/open-collections.js';
import { readSnapshot, readSummary } from '../../../lib/systems/mongoose/store/read.js';
import { storeCollections } from '../../../lib/systems/mongoose/store/store-collections.js';
import { MongooseMarkerStore } from '../../../lib/systems/mongoose/target/marker-store.js';
import { draft } from '../../../lib/testing/audit-store/entry-samples.js';
import { createMongoLocation, type MongoLocation } from './support/connections.js';
import { acquired, chainIn } from './support/scope.js';

const NAMES = { auditCollection: 'flamingock_audit', lockCollection: 'flamingock_lock' };

describe.each([9, 8] as const)('what MongoDB keeps beside the entries, with Mongoose %d', (major) => {
  let location: MongoLocation;
  let connection: Connection;
  beforeAll(async () => {
    location = await createMongoLocation(major);
    connection = await location.open();
  });
  afterAll(() => location.drop());

  it('is read as of one moment, however many entries are appended meanwhile', async () => {
    const store = new MongooseAuditStore(connection, { namespace: 'busy' });
    const fence = await acquired(store);
    const ids = ['a', 'b', 'c', 'd'];
    let isOver = false;
    const write = async (): Promise<void> => {
      for (let count = 0; count < 40; count++) {
        const drafts = ids.map((changeId) => draft({ changeId }));
        await store.append(appendToChain((await store.summary()).head, drafts), fence);
      }
    };
    const seen: number[] = [];
    const look = async (): Promise<void> => {
      const reader = new MongooseAuditStore(await location.open(), { namespace: 'busy' });
      while (!isOver) {
        const { latest, ...snapshot } = await reader.snapshot();
        for (const { head, last } of [snapshot, await reader.summary()]) {
          expect(last).toEqual(head);
          seen.push(head.seq);
        }
        const behind = latest.map(({ seq }) => snapshot.head.seq - seq).sort((a, b) => a - b);
        expect(behind).toEqual(snapshot.head.seq ? [0, 1, 2, 3] : []);
      }
    };
    await Promise.all([write().finally(() => (isOver = true)), look(), look()]);
    expect(new Set(seen).size).toBeGreaterThan(5);
  }, 60_000);

  it('of an older version is not ready, and open() brings it up to date; a newer one is an error', async () => {
    const locations = { auditCollection: 'versioned_audit', lockCollection: 'versioned_lock' };
    const stores = ['one', 'two'].map(
      (name) => new MongooseAuditStore(connection, { ...locations, namespace: name }),
    );
    const [store, other] = stores as [MongooseAuditStore, MongooseAuditStore];
    for (const each of stores) await each.open();
    let upgraded = 0;
    const toVersion2 = async (): Promise<void> => void (upgraded += 1);
    const names = { ...locations, namespace: 'one' };
    const next = await storeCollections(connection, names, [toVersion2]);
    for (const told of [await readSummary(next), await readSnapshot(next)])
      expect(told).toMatchObject({ ready: false, storeId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    await Promise.all([upgradeCollections(next), upgradeCollections(next)]);
    expect(upgraded).toBeGreaterThan(0);
    expect((await readSummary(next)).ready).toBe(true);
    expect((await readSummary({ ...next, namespace: 'two' })).ready).toBe(true);

    const uses = [() => store.open(), () => store.summary(), () => store.snapshot(), () => other.open()];
    for (const use of uses) {
      const error: unknown = await use().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AuditStoreError);
      expect(String(error)).toMatch(
        /versioned_audit and versioned_lock have version 2;.*\nTo fix:\n {2}- upgrade/,
      );
    }
  });

  it('in a target system is brought up to date, too, and a newer version is an error', async () => {
    const [chain, other] = [chainIn('one'), chainIn('two')];
    const names = { markerCollection: 'versioned_marker', fenceCollection: 'versioned_fence' };
    const target = new MongooseTargetSystem('catalog', connection, names);
    await target.markers(chain).open();
    await target.markers(chain).raiseFence(3);
    let upgraded = 0;
    const known = { connection, token: 'DatabaseConnection', isDefault: true };
    const parts = { targetId: 'catalog', known, names, createTables: true, lockWaitMs: 1_000 };
    const upgrades = [async (): Promise<void> => void (upgraded += 1)];
    const next = new MongooseMarkerStore({ ...parts, upgrades }, chain);
    await next.open();
    await next.open();
    expect(upgraded).toBe(1);
    expect(await next.raiseFence(3)).toEqual({ token: 3, witness: null });
    for (const each of [chain, other]) {
      const error: unknown = await target
        .markers(each)
        .open()
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TargetSystemError);
      expect(String(error)).toMatch(
        /versioned_marker and versioned_fence of target system 'catalog' have version 2;.*\nTo fix:\n {2}- upgrade/,
      );
    }
  });

  it('keeps what is settled without waiting for a transaction that a dead process has left open', async () => {
    const store = new MongooseAuditStore(connection, { namespace: 'left-open' });
    await store.release(await acquired(store));
    const session = await connection.startSession();
    session.startTransaction();
    const locks = connection.collection<{ _id: object; writes: number }>(NAMES.lockCollection);
    const lease = { _id: { namespace: 'left-open', part: 'lease' } };
    await locks.updateOne(lease, { $inc: { writes: 1 } }, { session });
    const begun = performance.now();
    await store.settle({ seq: 0, digests: ['a'] });
    expect(performance.now() - begun).toBeLessThan(10_000);
    await session.abortTransaction();
    await session.endSession();
    expect((await store.summary()).settled.digests).toEqual([]);
    await store.settle({ seq: 0, digests: ['a'] });
    expect((await store.summary()).settled.digests).toEqual(['a']);
  });
});
