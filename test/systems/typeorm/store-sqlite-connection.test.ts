import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import type { DataSource } from 'typeorm';
import { appendToChain } from '../../../lib/core/kit/hash-chain.js';
import { attemptScope, chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { acquire, append, draft, historyOf } from './support/entries.js';
import { createStoreStorage, type OpenStorage, type StoreKind } from './support/store-storage.js';
import { inTransactionOf } from './support/transactions.js';

describe.each(['sqlite', 'memory'] as const)('the only connection of SQLite (%s)', (kind: StoreKind) => {
  let storage: OpenStorage;
  let dataSource: DataSource;
  let store: TypeOrmAuditStore;
  let target: TypeOrmTargetSystem;

  beforeEach(async () => {
    storage = await createStoreStorage(kind);
    dataSource = await storage.dataSource();
    store = new TypeOrmAuditStore(dataSource);
    target = new TypeOrmTargetSystem('user-db', dataSource);
    await store.open();
    await target.markers(chainIn('default')).open();
    await dataSource.query('CREATE TABLE things (name TEXT)');
  });
  afterEach(() => storage.drop());

  it('never has an audit entry in a transaction of the app, which could be rolled back', async () => {
    const fence = await acquire(store);
    const { head } = await store.snapshot();
    const entries = appendToChain(head, [draft()]);
    let appended: Promise<void> | undefined;
    const failing = inTransactionOf(dataSource, async (runner) => {
      await runner.query("INSERT INTO things VALUES ('gone')");
      appended = store.append(entries, fence);
      await sleep(50);
      throw new Error('the app rolls back');
    });
    await expect(failing).rejects.toThrow('the app rolls back');
    await appended;
    expect(await historyOf(store)).toEqual(entries);
    expect(await dataSource.query('SELECT * FROM things')).toEqual([]);
  });

  it('lets the app begin a transaction at any moment while entries are appended', async () => {
    const fence = await acquire(store);
    const app = async () => {
      for (let round = 0; round < 50; round++)
        await inTransactionOf(dataSource, async (runner) => {
          await runner.query("INSERT INTO things VALUES ('kept')");
          if (round % 2) throw new Error('rolled back');
        }).catch(() => undefined);
    };
    const audit = async () => {
      for (let round = 0; round < 50; round++) await append(store, fence, [draft({ changeId: `c${round}` })]);
    };
    await Promise.all([app(), audit()]);
    expect(await historyOf(store)).toHaveLength(50);
    expect(await dataSource.query('SELECT * FROM things')).toHaveLength(25);
  });

  it('renews the lease during a change without waiting for it or writing into it', async () => {
    const fence = await acquire(store, 500);
    const before = await store.snapshot();
    const scope = attemptScope({ namespace: 'default' });
    await target.transaction(scope, async () => {
      const started = performance.now();
      expect(await store.renew(fence)).toBe(true);
      expect(await store.renew({ ...fence, token: fence.token + 1 })).toBe(false);
      expect(await store.renew({ ...fence, holder: 'another' })).toBe(false);
      expect(performance.now() - started).toBeLessThan(10_000);
    });
    const after = await store.snapshot();
    if (after.holder) expect(after.holder).toEqual(before.holder);
    await sleep(600);
    expect((await store.snapshot()).holder).toBeNull();
  });

  it('lets a change read the history, which must not wait for the change', async () => {
    const entries = await append(store, await acquire(store), [draft()]);
    const read = await target.transaction(attemptScope({ namespace: 'default' }), () => historyOf(store));
    expect(read).toEqual(entries);
  });

  it('gives parallel calls their turns, also beside the transaction of a change', async () => {
    const fence = await acquire(store);
    const scope = attemptScope({ namespace: 'default' });
    const { head } = await store.snapshot();
    const entries = appendToChain(head, [draft(), draft({ state: 'APPLIED' })]);
    let hasBegun: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (hasBegun = resolve));
    const others = begun.then(() => Promise.all([store.snapshot(), historyOf(store), store.snapshot()]));
    await target.transaction(scope, async ({ session }) => {
      hasBegun();
      await sleep(30);
      await store.append(entries, fence, session);
    });
    const [first, all] = await others;
    expect(all).toEqual(entries);
    expect(first).toMatchObject({ head: { seq: 2 } });
  });
});
