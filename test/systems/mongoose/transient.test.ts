import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Connection } from 'mongoose';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import { appendToChain } from '../../../lib/core/kit/hash-chain.js';
import { draft } from '../../../lib/testing/audit-store/entry-samples.js';
import { eventually } from '../../../lib/testing/waiting.js';
import { FaultyProxy } from '../../faults/proxy.js';
import { startMongoDb } from '../../servers/mongodb.mjs';
import { mongooseOf } from './support/connections.js';
import { connectionOf, effectModel, effectNames, modelOf } from './support/effects.js';
import { acquired, attemptScope, chainIn } from './support/scope.js';

/** What the server is told to do wrong, and how often. */
interface Fault {
  readonly failCommands: readonly string[];
  readonly errorCode?: number;
  readonly errorLabels?: readonly string[];
  readonly closeConnection?: boolean;
  readonly writeConcernError?: object;
}

describe.each([9, 8] as const)('errors that pass, with Mongoose %d', (major) => {
  let server: Awaited<ReturnType<typeof startMongoDb>>;
  let connection: Connection;
  let observer: Connection;
  let target: MongooseTargetSystem;
  let applied: number;
  const elsewhere = AsyncLocalStorage.snapshot();

  beforeAll(async () => {
    server = await startMongoDb();
    const { createConnection } = await mongooseOf(major);
    // No retries of the driver's own: every fault is ours to deal with.
    const uri = `${server.url}&retryWrites=false&retryReads=false`;
    connection = await createConnection(uri, { dbName: 'shop' }).asPromise();
    observer = await createConnection(server.url, { dbName: 'shop' }).asPromise();
    effectModel(connection);
    target = new MongooseTargetSystem('catalog', connection, { lockWait: '1s' });
    await target.markers(chainIn('default')).open();
    await connection.createCollection('effect');
  }, 60_000);
  afterAll(async () => {
    await connection.close();
    await observer.close();
    await server.stop();
  });
  beforeEach(async () => {
    applied = 0;
    await observer.collection('effect').deleteMany({});
    await fail({ failCommands: [] }, 0);
  });

  async function fail(data: Fault, times = 1): Promise<void> {
    const mode = times ? { times } : 'off';
    await observer.getClient().db('admin').command({ configureFailPoint: 'failCommand', mode, data });
  }

  function apply(scope = attemptScope(), hook = async (): Promise<unknown> => undefined): Promise<void> {
    return target.transaction(scope, async (transaction) => {
      applied += 1;
      await modelOf(transaction.clients).create({ name: `x${applied}` });
      await hook();
      await modelOf(transaction.clients).create({ name: `y${applied}` });
      await transaction.seal();
      await transaction.writeMarker({ changeId: 'fill-catalog', attempt: 1, fence: 0, kind: 'applied' });
    });
  }

  it('a write conflict with the app: the change is run again, and committed once', async () => {
    await observer.collection<{ name: string; n: number }>('effect').insertOne({ name: 'stock', n: 0 });
    await target.transaction(attemptScope(), async (transaction) => {
      applied += 1;
      const effects = connectionOf(transaction.clients).collection('effect');
      await effects.findOne({ name: 'stock' });
      if (applied === 1)
        await elsewhere(() => observer.collection('effect').updateOne({ name: 'stock' }, { $inc: { n: 1 } }));
      await effects.updateOne({ name: 'stock' }, { $inc: { n: 10 } });
      await effects.insertOne({ name: `x${applied}` });
      await transaction.seal();
    });
    expect(applied).toBe(2);
    expect((await effectNames(observer)).sort()).toEqual(['stock', 'x2']);
    expect(await observer.collection('effect').findOne({ name: 'stock' })).toMatchObject({ n: 11 });
  });

  it('the connection breaks in the middle: the change is run again', async () => {
    await apply(attemptScope(), () =>
      applied === 1
        ? elsewhere(() => fail({ failCommands: ['insert'], closeConnection: true }))
        : Promise.resolve(),
    );
    expect(applied).toBe(2);
    expect((await effectNames(observer)).sort()).toEqual(['x2', 'y2']);
  });

  it.each<[string, Fault, number]>([
    ['is not answered', { failCommands: ['commitTransaction'], closeConnection: true }, 1],
    ['is not answered three times', { failCommands: ['commitTransaction'], closeConnection: true }, 3],
    ['meets a server that shuts down', { failCommands: ['commitTransaction'], errorCode: 91 }, 2],
    [
      'was not seen by the majority in time',
      {
        failCommands: ['commitTransaction'],
        writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' },
      },
      1,
    ],
  ])('a commit that %s is sent again, and the change is not', async (_name, fault, times) => {
    await apply(attemptScope(), () => elsewhere(() => fail(fault, times)));
    expect(applied).toBe(1);
    expect((await effectNames(observer)).sort()).toEqual(['x1', 'y1']);
  });

  it('a commit that the server gave up for a passing reason: the change is run again, and committed once', async () => {
    const labels = ['TransientTransactionError'];
    await apply(attemptScope(), () =>
      applied === 1
        ? elsewhere(() => fail({ failCommands: ['commitTransaction'], errorCode: 251, errorLabels: labels }))
        : Promise.resolve(),
    );
    expect(applied).toBe(2);
    expect((await effectNames(observer)).sort()).toEqual(['x2', 'y2']);
  });

  it('a commit that is refused for good fails the change, which is not run again', async () => {
    const refused = apply(attemptScope(), () =>
      elsewhere(() => fail({ failCommands: ['commitTransaction'], errorCode: 13 })),
    );
    await expect(refused).rejects.toMatchObject({ code: 13 });
    expect(applied).toBe(1);
    expect(await effectNames(observer)).toEqual([]);
  });

  /** Runs a change whose connections all break, once, in the tick in which it sends its second insert or its commit. */
  async function applyCut(at: 'insert' | 'commit', cut: (proxy: FaultyProxy) => unknown): Promise<void> {
    const proxy = await FaultyProxy.start(server.port);
    const { createConnection } = await mongooseOf(major);
    const uri = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true&retryWrites=false&serverSelectionTimeoutMS=500`;
    const cuttable = await createConnection(uri, { dbName: 'shop' }).asPromise();
    try {
      await new MongooseTargetSystem('catalog', cuttable).transaction(attemptScope(), async (transaction) => {
        applied += 1;
        const effects = connectionOf(transaction.clients).collection('effect');
        await effects.insertOne({ name: `x${applied}` });
        if (at === 'insert' && applied === 1) cut(proxy);
        await effects.insertOne({ name: `y${applied}` });
        await transaction.seal();
        if (at === 'commit' && applied === 1) cut(proxy);
      });
    } finally {
      await cuttable.close();
      await proxy.stop();
    }
  }

  it('a connection that breaks as the change writes to it: the change is run again', async () => {
    await applyCut('insert', (proxy) => proxy.cut());
    expect(applied).toBe(2);
    expect((await effectNames(observer)).sort()).toEqual(['x2', 'y2']);
  });

  it('a connection that breaks as the commit is written to it: the commit is sent again', async () => {
    await applyCut('commit', (proxy) => proxy.cut());
    expect(applied).toBe(1);
    expect((await effectNames(observer)).sort()).toEqual(['x1', 'y1']);
  });

  it('a server that is gone at the commit: the error says so, and why', async () => {
    const lost = applyCut('commit', (proxy) => proxy.stop());
    await expect(lost).rejects.toMatchObject({
      name: 'TargetSystemError',
      message: expect.stringContaining(
        "The connection to target system 'catalog' was lost at the commit of change 'fill-catalog'",
      ),
      cause: { name: expect.stringMatching(/^Mongo(Network|ServerSelection)Error$/) },
    });
    expect(await effectNames(observer)).toEqual([]);
  });

  it('are not waited out when a stop was asked for', async () => {
    const stop = new AbortController();
    const stopped = apply(attemptScope({ signal: stop.signal }), async () => {
      stop.abort();
      await elsewhere(() => fail({ failCommands: ['insert'], closeConnection: true }));
    });
    await expect(stopped).rejects.toMatchObject({ name: 'MongoNetworkError' });
    expect(applied).toBe(1);
    expect(await effectNames(observer)).toEqual([]);
  });

  it.each<[string, Fault]>([
    ['a broken connection', { failCommands: ['insert'], closeConnection: true }],
    ['a commit without an answer', { failCommands: ['commitTransaction'], closeConnection: true }],
    [
      'a transaction that was given up',
      { failCommands: ['commitTransaction'], errorCode: 251, errorLabels: ['TransientTransactionError'] },
    ],
  ])('an append outlasts %s, and is there once', async (_name, fault) => {
    const store = new MongooseAuditStore(connection, { namespace: `append-${applied}-${_name}` });
    const fence = await acquired(store, 20_000);
    await fail(fault, 2);
    await store.append(appendToChain((await store.snapshot()).head, [draft(), draft()]), fence);
    expect((await store.snapshot()).head.seq).toBe(2);
  });

  // 100: of all errors of a write concern the one after which the driver does not send a commit again.
  it.each<[string, Fault]>([
    [
      'committed, and which too few servers confirm',
      {
        failCommands: ['commitTransaction'],
        writeConcernError: { code: 100, errmsg: 'Not enough data-bearing nodes' },
      },
    ],
    [
      'interrupted by a server that stops',
      { failCommands: ['update'], errorCode: 11600, errorLabels: ['RetryableWriteError'] },
    ],
    ['met by a server that steps down', { failCommands: ['update'], errorCode: 11602, errorLabels: [] }],
  ])('an append that is %s is not called refused', async (name, fault) => {
    const store = new MongooseAuditStore(connection, { namespace: `unsettled-${name.slice(0, 9)}` });
    const fence = await acquired(store, 20_000);
    await fail(fault);
    const entries = appendToChain((await store.snapshot()).head, [draft()]);
    const error: unknown = await store.append(entries, fence).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: expect.stringMatching(/^Mongo(Server|WriteConcern)Error$/) });
    // Whether it happened is for the engine to look for.
    const seq = fault.writeConcernError ? 1 : 0;
    await eventually(`the entry ${seq}`, async () => (await store.snapshot()).head.seq === seq);
  });

  it('an append that the server refuses is', async () => {
    const store = new MongooseAuditStore(connection, { namespace: 'refused' });
    const fence = await acquired(store, 20_000);
    await fail({ failCommands: ['insert'], errorCode: 13 });
    const entries = appendToChain((await store.snapshot()).head, [draft()]);
    await expect(store.append(entries, fence)).rejects.toMatchObject({ name: 'AppendRefusedError' });
  });
});
