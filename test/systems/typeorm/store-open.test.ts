import { afterEach, describe, expect, it } from '@jest/globals';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { DataSource } from 'typeorm';
import { AppendRefusedError, AuditStoreError, FlamingockError } from '../../../lib/core/model/errors.js';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { acquire, append, draft, historyOf } from './support/entries.js';
import { readOnlyBeside } from './support/read-only.js';
import { createStoreStorage, type OpenStorage } from './support/store-storage.js';
import { strangerTo } from './support/stranger.js';

let storage: OpenStorage;
afterEach(() => storage.drop());

async function write(store: TypeOrmAuditStore) {
  return append(store, await acquire(store), [draft()]);
}

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('opening a TypeORM audit store on %s', (kind) => {
  it('can be raced by 16 connections, and all of them see one lock row', async () => {
    storage = await createStoreStorage(kind);
    const stores = await Promise.all(Array.from({ length: 16 }, () => storage.connect('raced')));
    await Promise.all(stores.map(({ store }) => store.open()));
    const dataSource = await storage.dataSource();
    expect(await dataSource.query('SELECT namespace, token FROM flamingock_lock')).toEqual([
      { namespace: 'raced', token: expect.anything() },
    ]);
  });

  it('with createTables: false tells the statements, and they work as they are printed', async () => {
    storage = await createStoreStorage(kind);
    const dataSource = await storage.dataSource();
    const store = new TypeOrmAuditStore(dataSource, { createTables: false, auditTable: 'audit of "app"' });
    const error = await store.open().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuditStoreError);
    const { message } = error as AuditStoreError;
    expect(message).toContain('createTables is false');
    for (const statement of store.ddl()) expect(message).toContain(`${statement};`);
    for (const statement of store.ddl()) await dataSource.query(statement);
    await store.open();
    const entries = await write(store);
    expect(await historyOf(store)).toEqual(entries);
  });

  it('touches no other table, and leaves ours as they are when it is called again', async () => {
    storage = await createStoreStorage(kind);
    const dataSource = await storage.dataSource();
    const store = new TypeOrmAuditStore(dataSource);
    await store.open();
    const entries = await write(store);
    await store.open();
    expect(await historyOf(store)).toEqual(entries);
    expect(await tableNames(dataSource)).toEqual(['flamingock_audit', 'flamingock_lock']);
  });

  it('works for a user who may not create tables, once they exist', async () => {
    storage = await createStoreStorage(kind);
    const stranger = await strangerTo(storage, kind);
    const store = new TypeOrmAuditStore(stranger.dataSource);
    const error = await store.open().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuditStoreError);
    expect((error as AuditStoreError).message).toMatch(/cannot be (created|opened)/);
    for (const statement of store.ddl())
      expect((error as AuditStoreError).message).toContain(`${statement};`);
    for (const statement of store.ddl()) await stranger.admin.query(statement);
    await stranger.grantAll();
    if (kind === 'sqlite') return;
    await store.open();
    const entries = await write(store);
    expect(await historyOf(store)).toEqual(entries);
    await stranger.end();
  });

  it('says which rights are missing', async () => {
    storage = await createStoreStorage(kind);
    const stranger = await strangerTo(storage, kind);
    const owner = new TypeOrmAuditStore(stranger.admin);
    await owner.open();
    const fence = await acquire(owner);
    await stranger.grantReading();
    const store = new TypeOrmAuditStore(stranger.dataSource);
    const { ready, holder } = await store.snapshot();
    expect([ready, holder?.holder]).toEqual([true, fence.holder]);
    await expect(store.acquire({ holder: 'x', host: 'h', leaseMs: 1_000 })).rejects.toThrow(
      // Not that somebody has to create what is there.
      kind === 'sqlite'
        ? /cannot give the lease: the database is read-only/
        : /cannot give the lease.*\nTo fix:\n.*SELECT, INSERT and UPDATE on .flamingock_lock.$/,
    );
    await expect(append(store, fence, [draft()])).rejects.toThrow(AppendRefusedError);
    expect(await historyOf(owner)).toEqual([]);
    await stranger.end();
  });
});

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('a read-only database on %s', (kind) => {
  it('is called that, where the tables are: nobody is told to create them', async () => {
    storage = await createStoreStorage(kind);
    const { writable, readOnly } = await readOnlyBeside(storage, kind);
    await new TypeOrmAuditStore(writable).open();
    const store = new TypeOrmAuditStore(readOnly);
    await store.open();
    expect((await store.snapshot()).ready).toBe(true);
    const errors = [
      await store.acquire({ holder: 'x', host: 'h', leaseMs: 1_000 }).catch((thrown: unknown) => thrown),
      await new TypeOrmAuditStore(readOnly, { namespace: 'new' }).open().catch((thrown: unknown) => thrown),
    ];
    const markers = (on: DataSource) => new TypeOrmTargetSystem('user-db', on).markers(chainIn('default'));
    const without: unknown = await markers(readOnly)
      .open()
      .catch((thrown: unknown) => thrown);
    expect(String(without)).toMatch(/To fix:[^]*(at the primary|database file)[^]*CREATE TABLE/);
    await markers(writable).open();
    await markers(readOnly).open();
    errors.push(
      await markers(readOnly)
        .raiseFence(1)
        .catch((thrown: unknown) => thrown),
    );
    for (const error of errors) {
      expect(error).toBeInstanceOf(FlamingockError);
      expect(String(error)).toMatch(
        /the database is read-only[^]*To fix:\n {2}- (point the DataSource at the primary|let this process write).*\n.*FLAMINGOCK_ON_BOOTSTRAP=check$/,
      );
    }
  });
});

it('keeps the tables in another schema', async () => {
  storage = await createStoreStorage('postgres');
  const dataSource = await storage.dataSource();
  const store = new TypeOrmAuditStore(dataSource, { schema: 'ops' });
  expect((await store.snapshot()).ready).toBe(false);
  await expect(store.open()).rejects.toThrow(/schema "ops" does not exist/);
  await dataSource.query('CREATE SCHEMA ops');
  await store.open();
  await write(store);
  expect(await dataSource.query('SELECT COUNT(*)::int AS count FROM ops.flamingock_audit')).toEqual([
    { count: 1 },
  ]);
  const followsDataSource = new TypeOrmAuditStore(await storage.dataSource({ schema: 'ops' }));
  expect((await followsDataSource.snapshot()).head.seq).toBe(1);
});

it('says that the DataSource is not initialized', async () => {
  storage = await createStoreStorage('sqlite');
  const store = new TypeOrmAuditStore(new DataSource({ type: 'better-sqlite3', database: ':memory:' }));
  for (const call of [() => store.open(), () => store.snapshot(), () => write(store)])
    await expect(call()).rejects.toThrow(/not initialized[\s\S]*To fix:/);
});

it('says which types of DataSource there are', async () => {
  storage = await createStoreStorage('sqlite');
  const dataSource = new DataSource({ type: 'cockroachdb', timeTravelQueries: false });
  expect(() => new TypeOrmAuditStore(dataSource)).toThrow(
    /'cockroachdb'[\s\S]*postgres, mysql, mariadb, better-sqlite3/,
  );
});

it('refuses a namespace that cannot be one', async () => {
  storage = await createStoreStorage('sqlite');
  const dataSource = await storage.dataSource();
  for (const namespace of ['', '  ', 'x'.repeat(201)])
    expect(() => new TypeOrmAuditStore(dataSource, { namespace })).toThrow(AuditStoreError);
});

async function tableNames(dataSource: DataSource): Promise<string[]> {
  const { type } = dataSource.options;
  const rows: { name: string }[] = await dataSource.query(
    type === 'better-sqlite3'
      ? "SELECT name FROM sqlite_master WHERE type = 'table'"
      : `SELECT table_name AS name FROM information_schema.tables
         WHERE table_schema = ${type === 'postgres' ? 'current_schema()' : 'DATABASE()'}`,
  );
  return rows.map(({ name }) => name).sort();
}
