import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { mongo } from 'mongoose';
import { AuditStoreError, LockNotAcquiredError } from 'nestjs-flamingock';
import { AppendRefusedError, StaleFenceError } from 'nestjs-flamingock/kit';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import { acquireLease } from '../../../lib/core/engine/acquire-lease.js';
import type { PlannedState } from '../../../lib/core/engine/plan.js';
import { appendToChain } from '../../../lib/core/kit/hash-chain.js';
import type { Acquisition } from '../../../lib/core/model/audit-store.js';
import type { Emit, FlamingockEvent } from '../../../lib/core/model/events.js';
import type { EngineSettings } from '../../../lib/core/model/settings.js';
import { systemClock } from '../../../lib/nest/system-clock.js';
import { snapshotPipeline, summaryPipeline } from '../../../lib/systems/mongoose/store/read.js';
import { storeCollections } from '../../../lib/systems/mongoose/store/store-collections.js';
import { draft } from '../../../lib/testing/audit-store/entry-samples.js';
import { createMongoLocation, type MongoLocation } from './support/connections.js';
import { acquired, attemptScope } from './support/scope.js';

const NAMES = { auditCollection: 'flamingock_audit', lockCollection: 'flamingock_lock' };

/** What waiting for a lease needs. */
function waitingFor(store: MongooseAuditStore, waitMs: number, emit: Emit): EngineSettings {
  const lock = { leaseMs: 30_000, waitMs, retryMs: 100 };
  const identity = { host: 'host-b', actor: 'ci', environment: null, appVersion: null, app: null };
  const used = { clock: systemClock, lock, store, identity, emit };
  return used as Partial<EngineSettings> as EngineSettings;
}

describe.each([9, 8] as const)('audit store on MongoDB, with Mongoose %d', (major) => {
  let location: MongoLocation;
  beforeAll(async () => {
    location = await createMongoLocation(major);
  });
  afterAll(() => location.drop());

  it('does not care for the defaults of the connection', async () => {
    const connection = await location.open({
      w: 1,
      readConcernLevel: 'local',
      readPreference: 'secondaryPreferred',
      retryWrites: false,
      ignoreUndefined: true,
      promoteValues: false,
      promoteLongs: false,
      monitorCommands: true,
    });
    const sent: Readonly<Record<string, unknown>>[] = [];
    connection.getClient().on('commandStarted', ({ command }) => void sent.push(command));
    const store = new MongooseAuditStore(connection, { namespace: 'defaults' });
    const fence = await acquired(store);
    const entries = appendToChain((await store.snapshot()).head, [draft({ metadata: { n: 1 } }), draft()]);
    await store.append(entries, fence);
    expect(await store.renew(fence)).toBe(true);
    expect((await store.snapshot()).latest).toEqual([entries[1]]);
    expect((await store.snapshot()).holder).toMatchObject({ holder: 'run', host: 'host' });
    await store.release(fence);

    const commands = (name: string) => sent.filter((command) => name in command);
    for (const { writeConcern } of [...commands('update'), ...commands('commitTransaction')].filter(
      (command) => !('startTransaction' in command) && command.autocommit !== false,
    ))
      expect(writeConcern).toMatchObject({ w: 'majority' });
    for (const { writeConcern } of commands('commitTransaction'))
      expect(writeConcern).toMatchObject({ w: 'majority' });
    expect(commands('aggregate')).not.toEqual([]);
    for (const { readConcern } of commands('aggregate').filter(({ pipeline }) => Array.isArray(pipeline)))
      expect(readConcern).toMatchObject({ level: 'majority' });
    for (const { readConcern } of sent.filter(({ startTransaction }) => startTransaction))
      expect(readConcern).toMatchObject({ level: 'snapshot' });
  });

  it('renews the lease while a transaction of a change is open, and that transaction still commits', async () => {
    const connection = await location.open();
    const store = new MongooseAuditStore(connection, { namespace: 'renewed' });
    const target = new MongooseTargetSystem('catalog', connection);
    const fence = await acquired(store);
    const { head } = await store.snapshot();
    let tries = 0;
    await target.transaction(attemptScope({ namespace: 'renewed' }), async (transaction) => {
      tries += 1;
      for (let round = 0; round < 5; round++) expect(await store.renew(fence)).toBe(true);
      await transaction.seal();
      await store.append(appendToChain(head, [draft()]), fence, transaction.session);
      expect(await store.renew(fence)).toBe(true);
    });
    expect(tries).toBe(1);
    expect((await store.snapshot()).head.seq).toBe(1);
  });

  it('tells a former holder so when the lease was taken while its transaction was open', async () => {
    const connection = await location.open();
    const store = new MongooseAuditStore(connection, { namespace: 'taken' });
    const target = new MongooseTargetSystem('catalog', connection);
    const fence = await acquired(store);
    const { head } = await store.snapshot();
    const zombie = target.transaction(attemptScope({ namespace: 'taken' }), async (transaction) => {
      await store.release(fence);
      expect(await store.acquire({ holder: 'other', host: 'host', leaseMs: 60_000 })).toMatchObject({
        token: fence.token + 1,
      });
      await transaction.seal();
      await store.append(appendToChain(head, [draft()]), fence, transaction.session);
    });
    await expect(zombie).rejects.toThrow(StaleFenceError);
    expect((await store.snapshot()).head.seq).toBe(0);
  });

  it('ends the transaction in which a dead holder has locked the lease, once the lease is over', async () => {
    const [theirs, ours] = [await location.open(), await location.open()];
    const namespace = 'left-open';
    const dead = new MongooseAuditStore(theirs, { namespace });
    const store = new MongooseAuditStore(ours, { namespace });
    const fence = await acquired(dead, 500);
    const { head } = await store.snapshot();
    const next = { holder: 'next', host: 'host', leaseMs: 60_000 };
    let whileLive: Acquisition | null | undefined;
    const stopped = new MongooseTargetSystem('catalog', theirs)
      .transaction(attemptScope({ namespace }), async (transaction) => {
        await transaction.seal();
        await dead.append(appendToChain(head, [draft()]), { ...fence, leaseMs: 3_000 }, transaction.session);
        expect(await dead.renew({ ...fence, leaseMs: 3_000 })).toBe(true);
        whileLive = await store.acquire(next);
        await sleep(3_200);
        expect(await store.acquire(next)).toMatchObject({ token: fence.token + 1 });
        throw new Error('so much for the dead');
      })
      .catch((error: unknown) => error);
    expect(String(await stopped)).toContain('so much for the dead');
    expect(whileLive).toBeNull();
    expect((await store.snapshot()).head).toEqual(head);
    expect((await store.snapshot()).holder).toMatchObject({ holder: 'next' });
  });

  it('whom it waits for when a transaction keeps the lock although its lease is over, is said', async () => {
    const connection = await location.open();
    const store = new MongooseAuditStore(connection, { namespace: 'locked' });
    await acquired(store, 300);
    const events: FlamingockEvent[] = [];
    const session = await connection.startSession();
    session.startTransaction();
    const lease = { _id: { namespace: 'locked', part: 'lease' } };
    const locks = connection.collection<{ _id: object; writes: number }>('flamingock_lock');
    await locks.updateOne(lease, { $inc: { writes: 1 } }, { session });
    await sleep(400);
    const settings = waitingFor(store, 500, (event) => void events.push(event));
    expect((await store.summary()).former).toMatchObject({ holder: 'run', host: 'host' });
    const look = async (): Promise<PlannedState> =>
      ({ snapshot: await store.snapshot() }) as Partial<PlannedState> as PlannedState;
    const request = { executionId: 'next', stop: new AbortController().signal };
    const error: unknown = await acquireLease(settings, request, await look(), look, () => false).catch(
      (thrown: unknown) => thrown,
    );
    await session.abortTransaction();
    await session.endSession();
    expect(error).toBeInstanceOf(LockNotAcquiredError);
    expect(String(error)).toMatch(
      /the lease of execution run on host host has been over since \S+Z, but a transaction/,
    );
    expect(String(error)).toContain('transactionLifetimeLimitSeconds');
    expect(events).toEqual([
      expect.objectContaining({
        type: 'waiting-for-lock',
        holder: expect.objectContaining({ holder: 'run', host: 'host' }),
        leftOpen: expect.stringContaining('still open at the MongoDB server'),
      }),
    ]);
  });

  it('finds the latest entries in a long history by skipping through the index', async () => {
    const connection = await location.open();
    const store = new MongooseAuditStore(connection, { namespace: 'long' });
    const fence = await acquired(store);
    const drafts = Array.from({ length: 1_000 }, (_, index) => draft({ changeId: `c${index % 4}` }));
    await store.append(appendToChain((await store.snapshot()).head, drafts), fence);
    expect((await store.snapshot()).latest).toHaveLength(4);

    const collections = await storeCollections(connection, { namespace: 'long', ...NAMES });
    const lock = connection.collection(NAMES.lockCollection);
    const explained = async (pipeline: mongo.Document[]): Promise<string> =>
      JSON.stringify(await lock.aggregate(pipeline).explain('executionStats'));
    const plan = await explained(snapshotPipeline(collections));
    expect(plan).toContain('DISTINCT_SCAN');
    for (const text of [plan, await explained(summaryPipeline(collections))]) {
      const examined = [...text.matchAll(/"totalDocsExamined":"?(\d+)/g)].map(([, n]) => Number(n));
      expect(examined.length).toBeGreaterThan(1);
      expect(Math.max(...examined)).toBeLessThan(10);
    }
  });

  it.each([16, 17])('says no to an entry of %d MB, which the driver does not send', async (megabytes) => {
    const connection = await location.open();
    const store = new MongooseAuditStore(connection, { namespace: `large-${megabytes}` });
    const fence = await acquired(store);
    const { head } = await store.snapshot();
    const large = appendToChain(head, [draft({ error: 'x'.repeat(megabytes * 1024 * 1024) })]);
    const target = new MongooseTargetSystem('catalog', connection);
    const within = target.transaction(attemptScope({ namespace: store.namespace }), async (transaction) => {
      await transaction.seal();
      await store.append(large, fence, transaction.session);
    });
    for (const refused of [store.append(large, fence), within])
      await expect(refused).rejects.toThrow(AppendRefusedError);
    expect((await store.snapshot()).head).toEqual(head);
    await store.append(appendToChain(head, [draft()]), fence);
  });

  it('with createTables: false and no collections tells what to run in mongosh', async () => {
    const elsewhere = { auditCollection: 'their_audit', lockCollection: 'their_lock' };
    const connection = await location.open();
    const store = new MongooseAuditStore(connection, { ...elsewhere, createTables: false });
    const error: unknown = await store.open().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuditStoreError);
    expect(String(error)).toContain('db.createCollection("their_audit")');
    expect(String(error)).toContain('createIndex({"namespace":1,"seq":1}');
    expect((await store.snapshot()).ready).toBe(false);
    for (const name of Object.values(elsewhere)) await connection.createCollection(name);
    await store.open();
    expect((await store.snapshot()).ready).toBe(true);
  });

  it.each(['', '  ', 'x'.repeat(201)])('refuses the namespace %j', async (namespace) => {
    const connection = await location.open();
    expect(() => new MongooseAuditStore(connection, { namespace })).toThrow(AuditStoreError);
  });
});
