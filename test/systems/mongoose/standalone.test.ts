import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { AuditStoreError, TargetSystemError } from 'nestjs-flamingock';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import { startMongoDb } from '../../servers/mongodb.mjs';
import { mongooseOf } from './support/connections.js';
import { connectionOf } from './support/effects.js';
import { attemptScope, chainIn } from './support/scope.js';

describe.each([9, 8] as const)('a server that stands alone, with Mongoose %d', (major) => {
  let server: Awaited<ReturnType<typeof startMongoDb>>;
  let connection: Connection;
  let target: MongooseTargetSystem;
  beforeAll(async () => {
    server = await startMongoDb({ standalone: true });
    const { createConnection } = await mongooseOf(major);
    connection = await createConnection(server.url, { dbName: 'shop' }).asPromise();
    target = new MongooseTargetSystem('catalog', connection);
  }, 60_000);
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  it('has no audit store: the error says how to make it a replica set', async () => {
    const store = new MongooseAuditStore(connection);
    expect(await store.snapshot()).toMatchObject({ ready: false, latest: [] });
    const error: unknown = await store.open().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuditStoreError);
    expect(String(error)).toContain('stands alone');
    expect(String(error)).toContain(
      'rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "localhost:27017" }] })',
    );
    expect(String(error)).toContain('?directConnection=true');
    expect(String(error)).toContain("command: ['--replSet', 'rs0']");
    expect(String(error)).toContain('works on no server that stands alone');
    expect(String(error)).not.toContain('@Change');
  });

  it('has no transactions: the error says how to make it a replica set, or transactional: false', async () => {
    const error: unknown = await target
      .transaction(attemptScope(), () => Promise.reject(new Error('must not be called')))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TargetSystemError);
    expect(String(error)).toContain(
      "Change 'fill-catalog' cannot run in a transaction on target system 'catalog'",
    );
    expect(String(error)).toContain('--replSet');
    expect(String(error)).toContain('transactional: false');
  });

  it('runs changes outside a transaction', async () => {
    await target.connect(attemptScope(), async (clients) => {
      await connectionOf(clients).collection('effect').insertOne({ name: 'x' });
    });
    expect(await connection.collection('effect').countDocuments()).toBe(1);
    expect(await target.markers(chainIn('default')).read()).toEqual([]);
  });
});

describe('a server that stands alone and is made a replica set of one, as the error says', () => {
  const data = mkdtempSync(join(tmpdir(), 'standalone-'));
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('keeps its data, and has an audit store for an app that knows it by another name', async () => {
    const name = { dbName: 'shop' };
    const alone = await startMongoDb({ standalone: true, keepIn: data });
    try {
      const connection = await mongoose.createConnection(alone.url, name).asPromise();
      await connection.collection('orders').insertOne({ number: 1 });
      await connection.close();
    } finally {
      await alone.stop();
    }
    const member = await startMongoDb({ keepIn: data });
    try {
      const direct = member.url
        .replace('127.0.0.1', 'localhost')
        .replace('replicaSet=rs0', 'directConnection=true');
      const connection = await mongoose.createConnection(direct, name).asPromise();
      const store = new MongooseAuditStore(connection);
      await store.open();
      expect(await store.acquire({ holder: 'run', host: 'host', leaseMs: 10_000 })).toMatchObject({
        token: 1,
      });
      expect(await connection.collection('orders').countDocuments()).toBe(1);
      await connection.close();
    } finally {
      await member.stop();
    }
  }, 60_000);
});

it('a replica set that nobody has initiated: the error says so, and how', async () => {
  const server = await startMongoDb({ initiated: false });
  const connection = mongoose.createConnection(server.url, { dbName: 'shop' });
  try {
    await connection.asPromise();
    const store = new MongooseAuditStore(connection);
    for (const call of [store.snapshot(), store.open()]) {
      const error: unknown = await call.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AuditStoreError);
      expect(String(error)).toContain('nobody has initiated it yet');
      expect(String(error)).toContain('rs.initiate({');
    }
  } finally {
    await connection.close();
    await server.stop();
  }
}, 60_000);
