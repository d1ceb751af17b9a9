import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppendRefusedError, AuditStoreError, StaleFenceError } from 'nestjs-flamingock';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import type { Fence } from '../../../lib/core/audit-store.js';
import { appendToChain } from '../../../lib/core/hash-chain.js';
import { snapshotPipeline } from '../../../lib/systems/mongoose/snapshot.js';
import { storeCollections } from '../../../lib/systems/mongoose/store-collections.js';
import { draft } from '../../../lib/testing/audit-store/entry-samples.js';
import { createMongoPlace, type MongoPlace } from './support/connections.js';
import { attemptScope } from './support/scope.js';

const NAMES = { auditCollection: 'flamingock_audit', lockCollection: 'flamingock_lock' };

describe.each([9, 8] as const)('audit store on MongoDB, with Mongoose %d', (major) => {
  let place: MongoPlace;
  beforeAll(async () => {
    place = await createMongoPlace(major);
  });
  afterAll(() => place.drop());

  async function acquired(store: MongooseAuditStore, leaseMs = 60_000): Promise<Fence> {
    await store.open();
    const token = await store.acquire({ holder: 'run', host: 'host', leaseMs });
    return { token: token ?? NaN, holder: 'run', leaseMs };
  }

  it('does not care for the defaults of the connection', async () => {
    const connection = await place.open({
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
    const connection = await place.open();
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
    const connection = await place.open();
    const store = new MongooseAuditStore(connection, { namespace: 'taken' });
    const target = new MongooseTargetSystem('catalog', connection);
    const fence = await acquired(store);
    const { head } = await store.snapshot();
    const zombie = target.transaction(attemptScope({ namespace: 'taken' }), async (transaction) => {
      await store.release(fence);
      expect(await store.acquire({ holder: 'other', host: 'host', leaseMs: 60_000 })).toBe(fence.token + 1);
      await transaction.seal();
      await store.append(appendToChain(head, [draft()]), fence, transaction.session);
    });
    await expect(zombie).rejects.toThrow(StaleFenceError);
    expect((await store.snapshot()).head.seq).toBe(0);
  });

  it('finds the latest entries in a long history by skipping through the index', async () => {
    const connection = await place.open();
    const store = new MongooseAuditStore(connection, { namespace: 'long' });
    const fence = await acquired(store);
    const drafts = Array.from({ length: 1_000 }, (_, index) => draft({ changeId: `c${index % 4}` }));
    await store.append(appendToChain((await store.snapshot()).head, drafts), fence);
    expect((await store.snapshot()).latest).toHaveLength(4);

    const collections = await storeCollections(connection, { namespace: 'long', ...NAMES });
    const ours = snapshotPipeline(collections).slice(0, 3);
    const audit = collections.db.collection(NAMES.auditCollection);
    const plan = await audit.aggregate(ours).explain('executionStats');
    expect(JSON.stringify(plan)).toContain('DISTINCT_SCAN');
    const examined = [...JSON.stringify(plan).matchAll(/"totalDocsExamined":(\d+)/g)].map(([, n]) =>
      Number(n),
    );
    expect(Math.max(...examined)).toBeLessThan(10);
  });

  it.each([16, 17])('says no to an entry of %d MB, which the driver does not send', async (megabytes) => {
    const connection = await place.open();
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
    const connection = await place.open();
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
    const connection = await place.open();
    expect(() => new MongooseAuditStore(connection, { namespace })).toThrow(AuditStoreError);
  });
});
