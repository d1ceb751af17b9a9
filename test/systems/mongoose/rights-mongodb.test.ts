import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { AuditStoreError, TargetSystemError } from 'nestjs-flamingock';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import { appendToChain } from '../../../lib/core/kit/hash-chain.js';
import { draft } from '../../../lib/testing/audit-store/entry-samples.js';
import { startMongoDb } from '../../servers/mongodb.mjs';
import { connectionOf } from './support/effects.js';
import { acquired, attemptScope, chainIn, WITNESS } from './support/scope.js';

const CHAIN = chainIn('default');

describe('a user who may do little on MongoDB', () => {
  let server: Awaited<ReturnType<typeof startMongoDb>>;
  let admin: Connection;
  let user: Connection;
  beforeAll(async () => {
    server = await startMongoDb({ users: true });
    admin = await mongoose.createConnection(server.url, { dbName: 'shop', authSource: 'admin' }).asPromise();
    await admin.db!.command({ createRole: 'app', privileges: [], roles: [] });
    await admin.db!.command({ createUser: 'app', pwd: 'hush', roles: ['app'] });
    const options = { dbName: 'shop', authSource: 'shop', auth: { username: 'app', password: 'hush' } };
    user = await mongoose.createConnection(server.url.replace('root:secret@', ''), options).asPromise();
  }, 60_000);
  afterAll(async () => {
    await user.close();
    await admin.close();
    await server.stop();
  });

  async function grant(rights: Readonly<Record<string, readonly string[]>>): Promise<void> {
    const privileges = Object.entries(rights).map(([collection, actions]) => ({
      resource: { db: 'shop', collection },
      actions,
    }));
    await admin.db!.command({ grantPrivilegesToRole: 'app', privileges });
  }

  const thrownBy = (work: Promise<unknown>): Promise<unknown> => work.catch((thrown: unknown) => thrown);

  /** What the server does wrong from here on. */
  async function failing(mode: 'alwaysOn' | 'off', data: object): Promise<void> {
    await admin.getClient().db('admin').command({ configureFailPoint: 'failCommand', mode, data });
  }

  it('is told what a database administrator has to run and to grant; that suffices', async () => {
    const store = new MongooseAuditStore(user);
    const refused: unknown = await store.open().catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(AuditStoreError);
    expect(String(refused)).toContain('find, insert and update on flamingock_lock');

    await grant({ flamingock_lock: ['find', 'insert', 'update'], flamingock_audit: ['find', 'insert'] });
    const missing: unknown = await store.open().catch((thrown: unknown) => thrown);
    expect(missing).toBeInstanceOf(AuditStoreError);
    expect(String(missing)).toContain('db.createCollection("flamingock_audit")');

    await new MongooseAuditStore(admin, { namespace: 'of the administrator' }).open();
    const prepared = new MongooseAuditStore(user, { createTables: false });
    const fence = await acquired(prepared, 10_000);
    await prepared.append(appendToChain((await prepared.snapshot()).head, [draft()]), fence);
    expect(await prepared.renew(fence)).toBe(true);
    await prepared.release(fence);
    expect((await prepared.snapshot()).head.seq).toBe(1);
  });

  it('is told so of the collections of a target system, too', async () => {
    const target = new MongooseTargetSystem('catalog', user);
    await grant({ flamingock_fence: ['find', 'insert', 'update'] });
    const refused: unknown = await target
      .markers(CHAIN)
      .open()
      .catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(TargetSystemError);
    expect(String(refused)).toContain("db.createCollection('flamingock_marker')");

    await new MongooseTargetSystem('catalog', admin).markers(CHAIN).open();
    await grant({ flamingock_marker: ['find', 'insert', 'update', 'remove'], effect: ['insert'] });
    await target.markers(CHAIN).open();
    expect(await target.markers(CHAIN).raiseFence(1)).toEqual({ token: 1, witness: null });
    await target.transaction(attemptScope(), async (transaction) => {
      await connectionOf(transaction.clients).collection('effect').insertOne({ name: 'x' });
      await transaction.seal();
      expect(await transaction.raiseFence(1, WITNESS)).toBe(true);
      await transaction.writeMarker({ changeId: 'c', attempt: 1, fence: 1, kind: 'applied' });
    });
    await target.markers(CHAIN).remove(['c'], 1, WITNESS);
    expect(await target.markers(CHAIN).read()).toEqual([]);
    expect(await admin.collection('effect').countDocuments()).toBe(1);
  });

  it('ends what its own dead process left open, and is told which session of another user is in the way', async () => {
    const ours = new MongooseTargetSystem('catalog', user, { lockWait: '300ms' });
    const elsewhere = AsyncLocalStorage.snapshot();
    const raisedPast = async (stopped: MongooseTargetSystem): Promise<unknown> => {
      const left = stopped.transaction(attemptScope({ token: 1 }), async (transaction) => {
        await transaction.seal();
        expect(await transaction.raiseFence(1, WITNESS)).toBe(true);
        throw await elsewhere(() => ours.markers(CHAIN).raiseFence(2)).catch((error: unknown) => error);
      });
      return left.catch((thrown: unknown) => thrown);
    };
    const error = await raisedPast(new MongooseTargetSystem('catalog', admin));
    expect(await raisedPast(ours)).toEqual({ token: 2, witness: WITNESS });
    expect(error).toBeInstanceOf(TargetSystemError);
    expect(String(error)).toMatch(
      /locked for 300 ms by session [0-9a-f-]{36}, most likely: .* of another user/,
    );
    expect(String(error)).toMatch(/killSessions: \[\{ id: UUID\('[0-9a-f-]{36}'\)/);
  });

  async function connectAs(name: string): Promise<Connection> {
    const options = { dbName: 'shop', authSource: 'shop', auth: { username: name, password: 'hush' } };
    return mongoose.createConnection(server.url.replace('root:secret@', ''), options).asPromise();
  }

  it('is not told to create what is there, when it may only read', async () => {
    await new MongooseAuditStore(admin).open();
    await new MongooseTargetSystem('catalog', admin).markers(CHAIN).open();
    await admin.db!.command({ createUser: 'reader', pwd: 'hush', roles: ['read'] });
    const reader = await connectAs('reader');
    const store = new MongooseAuditStore(reader);
    const target = new MongooseTargetSystem('catalog', reader);
    await store.open();
    await target.markers(CHAIN).open();
    const errors = [
      await thrownBy(store.acquire({ holder: 'x', host: 'h', leaseMs: 1_000 })),
      await thrownBy(new MongooseAuditStore(reader, { namespace: 'new' }).open()),
      await thrownBy(target.markers(CHAIN).raiseFence(1)),
      await thrownBy(target.markers(chainIn('new')).open()),
    ];
    await reader.close();
    const [ofStore, ofTarget] = ['update on flamingock_lock', 'flamingock_marker and flamingock_fence'];
    for (const [index, error] of errors.entries()) {
      expect(error).toBeInstanceOf(index < 2 ? AuditStoreError : TargetSystemError);
      const granted = index < 2 ? ofStore : ofTarget;
      expect(String(error)).toMatch(
        new RegExp(`To fix:\\n {2}- grant .*${granted}.*\\n.*FLAMINGOCK_ON_BOOTSTRAP=check$`),
      );
      expect(String(error)).not.toContain('createCollection');
    }
  });

  it('is told what to grant and what to run, if need be, when it may not even look at the markers', async () => {
    await admin.db!.command({ createUser: 'nobody', pwd: 'hush', roles: [] });
    const nobody = await connectAs('nobody');
    const error = await thrownBy(new MongooseTargetSystem('catalog', nobody).markers(CHAIN).open());
    await nobody.close();
    expect(error).toBeInstanceOf(TargetSystemError);
    expect(String(error)).toMatch(
      /'catalog' may not be used by this app.*\nTo fix:\n {2}- grant .*\n {2}- if they do not exist yet, .*createCollection\('flamingock_marker'\)/,
    );
  });

  it('is not sent to an administrator by a server that does not answer', async () => {
    const names = { markerCollection: 'late_marker', fenceCollection: 'late_fence' };
    const data = { failCommands: ['create'], closeConnection: true };
    const markers = new MongooseTargetSystem('catalog', admin, names).markers(CHAIN);
    const store = new MongooseAuditStore(admin, {
      auditCollection: 'late_audit',
      lockCollection: 'late_lock',
    });
    await failing('alwaysOn', data);
    const [ofTarget, ofStore] = [await thrownBy(markers.open()), await thrownBy(store.open())];
    await failing('off', data);
    // The engine tells it in words of its own.
    expect(ofTarget).toMatchObject({ name: 'MongoNetworkError' });
    expect(String(ofStore)).toMatch(
      /cannot be opened: .*\nTo fix:\n {2}- make the MongoDB server reachable.*$/,
    );
    await markers.open();
    await store.open();
  });

  it('is told so of a secondary', async () => {
    const options = { dbName: 'shop', authSource: 'admin', directConnection: true };
    const direct = await mongoose
      .createConnection(server.url.replace('replicaSet=rs0', ''), options)
      .asPromise();
    await direct
      .getClient()
      .db('admin')
      .command({ replSetStepDown: 30, secondaryCatchUpPeriodSecs: 0, force: true });
    const store = new MongooseAuditStore(direct);
    const markers = new MongooseTargetSystem('catalog', direct).markers(CHAIN);
    const errors = [
      await thrownBy(store.acquire({ holder: 'x', host: 'h', leaseMs: 1_000 })),
      await thrownBy(new MongooseTargetSystem('catalog', direct).markers(chainIn('late')).open()),
      await thrownBy(markers.raiseFence(1)),
    ];
    await direct.getClient().db('admin').command({ replSetFreeze: 0 });
    await direct.close();
    for (const [index, error] of errors.entries()) {
      expect(error).toBeInstanceOf(index < 1 ? AuditStoreError : TargetSystemError);
      expect(String(error)).toMatch(
        /To fix:\n {2}- this server is a secondary.*\n.*FLAMINGOCK_ON_BOOTSTRAP=check$/,
      );
    }
  }, 60_000);
});
