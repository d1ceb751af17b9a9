import { afterEach, describe, expect, it } from '@jest/globals';
import { appendToChain } from '../../../lib/core/hash-chain.js';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import { acquire, append, draft } from './support/entries.js';
import { RememberingLogger } from './support/queries.js';
import { createStoreStorage, type OpenStorage } from './support/store-storage.js';
import { inTransactionOf } from './support/transactions.js';

let storage: OpenStorage;
afterEach(() => storage.drop());

/** First words of the statements of each call. */
const EXPECTED = {
  postgres: {
    snapshot: ['WITH'],
    append: ['WITH'],
    shared: ['WITH'],
    acquire: ['UPDATE'],
    renew: ['UPDATE'],
    release: ['UPDATE'],
  },
  mariadb: {
    snapshot: ['SELECT'],
    append: ['SET', 'START', 'UPDATE', 'INSERT', 'COMMIT'],
    shared: ['UPDATE', 'INSERT'],
    acquire: ['SET', 'START', 'SELECT', 'UPDATE', 'COMMIT'],
    renew: ['UPDATE'],
    release: ['UPDATE'],
  },
  sqlite: {
    snapshot: ['WITH'],
    append: ['UPDATE', 'INSERT'],
    shared: ['UPDATE', 'INSERT'],
    acquire: ['UPDATE'],
    renew: ['UPDATE'],
    release: ['UPDATE'],
  },
} as const;

describe.each(['postgres', 'mariadb', 'sqlite'] as const)(
  'statements of a TypeORM audit store on %s',
  (kind) => {
    const expected = EXPECTED[kind];

    it('are as few as there can be', async () => {
      storage = await createStoreStorage(kind);
      const logger = new RememberingLogger();
      const dataSource = await storage.dataSource({ logging: true, logger });
      const store = new TypeOrmAuditStore(dataSource);
      await store.open();
      logger.take();

      const fence = await acquire(store);
      expect(logger.take()).toEqual(expected.acquire);
      await store.snapshot();
      expect(logger.take()).toEqual(expected.snapshot);
      await append(store, fence, [draft(), draft({ state: 'APPLIED' }), draft({ changeId: 'next' })]);
      expect(logger.take()).toEqual([...expected.snapshot, ...expected.append]);
      await store.renew(fence);
      expect(logger.take()).toEqual(expected.renew);
      const { head } = await store.snapshot();
      await inTransactionOf(dataSource, async (runner) => {
        logger.take();
        await store.append(appendToChain(head, [draft()]), fence, runner);
        expect(logger.take()).toEqual(expected.shared);
      });
      logger.take();
      await store.release(fence);
      expect(logger.take()).toEqual(expected.release);
    });
  },
);
