import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connection } from 'mongoose';
import { AuditStoreError, TargetSystemError } from 'nestjs-flamingock';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import { startMongoDb } from '../../servers/mongodb.mjs';
import { mongooseOf } from './support/connections.js';
import { connectionOf } from './support/effects.js';
import { attemptScope } from './support/scope.js';

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
    expect(String(error)).toContain('rs.initiate()');
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
    expect(await target.markers('default').read()).toEqual([]);
  });
});
