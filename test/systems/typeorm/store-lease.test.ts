import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import type { DataSource } from 'typeorm';
import { EMPTY_CHAIN, faultInChain } from '../../../lib/core/kit/hash-chain.js';
import { StaleFenceError } from '../../../lib/core/model/errors.js';
import { dialectOf } from '../../../lib/systems/typeorm/dialect-of.js';
import { acquire, append, draft, historyOf, LONG_LEASE_MS } from './support/entries.js';
import { createStoreStorage, type OpenStorage } from './support/store-storage.js';

describe.each(['postgres', 'mariadb', 'sqlite'] as const)(
  'the lease of a TypeORM audit store on %s',
  (kind) => {
    let storage: OpenStorage;
    let sources: DataSource[];
    beforeAll(async () => {
      storage = await createStoreStorage(kind);
      sources = await Promise.all(Array.from({ length: 8 }, () => storage.dataSource()));
    });
    afterAll(() => storage.drop());

    /** One store for each connection. */
    async function stores(namespace: string): Promise<TypeOrmAuditStore[]> {
      const all = sources.map((source) => new TypeOrmAuditStore(source, { namespace }));
      await all[0]?.open();
      return all;
    }

    it.each(['released', 'run out'])(
      'is given to exactly one of 8 that ask for it at once when it has %s',
      async (end) => {
        const all = await stores(`rounds ${end}`);
        for (let round = 1; round <= 100; round++) {
          const holder = (index: number) => `round ${round}, number ${index}`;
          const leaseMs = end === 'released' ? LONG_LEASE_MS : 1;
          const taken = await Promise.all(
            all.map((store, index) =>
              store.acquire({ holder: holder(index), host: 'h', leaseMs: LONG_LEASE_MS }),
            ),
          );
          const [first, ...others] = taken.filter((given) => given !== null);
          expect([first?.token, others]).toEqual([round, []]);
          const index = taken.findIndex((given) => given !== null);
          const fence = { ...first!, namespace: all[0]!.namespace, holder: holder(index), leaseMs };
          if (end === 'released') await all[0]?.release(fence);
          else await all[0]?.renew(fence);
          await sleep(end === 'released' ? 0 : 3);
        }
      },
      60_000,
    );

    it('is never both appended by its former holder and by its new one', async () => {
      const [former, next] = await stores('zombies');
      if (!former || !next) throw new Error('two stores are needed');
      for (let round = 0; round < 40; round++) {
        const old = await acquire(former, 1);
        await sleep(3);
        const [late, taken] = await Promise.all([
          append(former, { ...old, leaseMs: 1 }, [draft({ changeId: `late ${round}` })]).catch(
            (error: unknown) => error,
          ),
          next.acquire({ holder: `next ${round}`, host: 'h', leaseMs: LONG_LEASE_MS }),
        ]);
        if (late instanceof Error) expect(late).toBeInstanceOf(StaleFenceError);
        if (!taken) {
          expect(late).toHaveLength(1);
          await former.release(old);
          continue;
        }
        await expect(append(former, old, [draft()])).rejects.toThrow(StaleFenceError);
        const fence = {
          ...taken,
          namespace: next.namespace,
          holder: `next ${round}`,
          leaseMs: LONG_LEASE_MS,
        };
        await append(next, fence, [draft({ changeId: `next ${round}` })]);
        await next.release(fence);
      }
      let head = EMPTY_CHAIN;
      for (const entry of await historyOf(former)) {
        expect(faultInChain(head, entry)).toBeUndefined();
        head = entry;
      }
      expect(head.seq).toBeGreaterThan(20);
    }, 60_000);

    it('is not waited for when a stopped process has its row locked in a transaction', async () => {
      const [holder, other] = await stores('stopped');
      if (!holder || !other) throw new Error('two stores are needed');
      const fence = await acquire(holder, 1);
      // Its lock is the only reason, not its lease.
      await sleep(10);
      const runner = sources[7]!.createQueryRunner();
      await runner.query(kind === 'sqlite' ? 'BEGIN IMMEDIATE' : 'START TRANSACTION');
      await runner.query("UPDATE flamingock_lock SET host = 'stopped' WHERE namespace = 'stopped'");
      const started = performance.now();
      expect(await other.acquire({ holder: 'x', host: 'h', leaseMs: 1_000 })).toBeNull();
      expect(performance.now() - started).toBeLessThan(10_000);
      await runner.query('ROLLBACK');
      await runner.release();
      expect(await other.acquire({ holder: 'x', host: 'h', leaseMs: 1_000 })).toMatchObject({
        token: fence.token + 1,
      });
    });

    it('is given again after a release, even when its row was deleted by hand', async () => {
      const [store] = await stores('deleted');
      await sources[0]!.query("DELETE FROM flamingock_lock WHERE namespace = 'deleted'");
      expect((await store!.snapshot()).ready).toBe(false);
      const fence = await acquire(store!);
      await store!.release(fence);
      expect(await store!.renew(fence)).toBe(false);
      await expect(append(store!, fence, [draft()])).rejects.toThrow(StaleFenceError);
      expect((await acquire(store!)).token).toBe(fence.token + 1);
    });

    it('can be renewed many times within one millisecond', async () => {
      const [store] = await stores('renewed');
      const fence = await acquire(store!);
      const renewed = await Promise.all(Array.from({ length: 50 }, () => store!.renew(fence)));
      expect(renewed).not.toContain(false);
    });

    it('is judged by a clock that no time zone moves', async () => {
      const zones = {
        postgres: "SET TIME ZONE 'Pacific/Kiritimati'",
        mariadb: "SET time_zone = '+13:00'",
        sqlite: 'SELECT 1',
      };
      const runner = sources[0]!.createQueryRunner();
      await runner.query(zones[kind]);
      const [{ now }] = await runner.query(`SELECT ${dialectOf(sources[0]!).clock} AS now`);
      await runner.query({ ...zones, postgres: 'RESET TIME ZONE', mariadb: 'SET time_zone = DEFAULT' }[kind]);
      await runner.release();
      expect(Math.abs(Number(now) - Date.now())).toBeLessThan(5_000);
    });
  },
);

it('can be renewed on MariaDB when the client counts changed rows, not found ones', async () => {
  const storage = await createStoreStorage('mariadb');
  const store = new TypeOrmAuditStore(await storage.dataSource({ flags: ['-FOUND_ROWS'] }));
  await store.open();
  const fence = await acquire(store);
  const renewed = await Promise.all(Array.from({ length: 100 }, () => store.renew(fence)));
  expect(renewed).not.toContain(false);
  await storage.drop();
});
