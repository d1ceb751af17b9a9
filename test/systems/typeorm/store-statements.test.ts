import { afterEach, describe, expect, it } from '@jest/globals';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { appendToChain } from '../../../lib/core/kit/hash-chain.js';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { attemptScope } from './support/attempt-scope.js';
import { acquire, append, draft } from './support/entries.js';
import { RememberingLogger, SentStatements } from './support/queries.js';
import { createStoreStorage, type OpenStorage } from './support/store-storage.js';
import { runnerOf } from './support/target-location.js';
import { inTransactionOf } from './support/transactions.js';

let storage: OpenStorage;
afterEach(() => storage.drop());

/** First words of the statements of each call. */
const EXPECTED = {
  postgres: {
    summary: ['SELECT'],
    snapshot: ['WITH'],
    append: ['WITH'],
    shared: ['WITH'],
    acquire: ['UPDATE'],
    renew: ['UPDATE'],
    release: ['UPDATE'],
  },
  mariadb: {
    summary: ['SELECT'],
    snapshot: ['SELECT'],
    append: ['SET', 'START', 'UPDATE', 'INSERT', 'COMMIT'],
    shared: ['UPDATE', 'INSERT'],
    acquire: ['SET', 'START', 'SELECT', 'UPDATE', 'COMMIT'],
    renew: ['UPDATE'],
    release: ['UPDATE'],
  },
  sqlite: {
    summary: ['SELECT'],
    snapshot: ['WITH'],
    append: ['BEGIN', 'UPDATE', 'INSERT', 'COMMIT'],
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
      const sent = new SentStatements();
      const dataSource = await storage.dataSource(kind === 'sqlite' ? { verbose: sent.verbose } : {});
      sent.watch(dataSource);
      const store = new TypeOrmAuditStore(dataSource);
      await store.open();
      sent.take();

      const fence = await acquire(store);
      expect(sent.take()).toEqual(expected.acquire);
      await store.summary();
      expect(sent.take()).toEqual(expected.summary);
      await store.snapshot();
      expect(sent.take()).toEqual(expected.snapshot);
      await append(store, fence, [draft(), draft({ state: 'APPLIED' }), draft({ changeId: 'next' })]);
      expect(sent.take()).toEqual([...expected.snapshot, ...expected.append]);
      await store.renew(fence);
      expect(sent.take()).toEqual(expected.renew);
      const { head } = await store.snapshot();
      await inTransactionOf(dataSource, async (runner) => {
        sent.take();
        await store.append(appendToChain(head, [draft()]), fence, runner);
        expect(sent.take()).toEqual(expected.shared);
      });
      sent.take();
      await store.release(fence);
      expect(sent.take()).toEqual(expected.release);
    });

    it('are not printed by logging: true, and what a change sends is', async () => {
      storage = await createStoreStorage(kind);
      const logger = new RememberingLogger();
      const dataSource = await storage.dataSource({ logging: true, logger, maxQueryExecutionTime: 1 });
      const [store, target] = [new TypeOrmAuditStore(dataSource), new TypeOrmTargetSystem('db', dataSource)];
      logger.printed.splice(0);

      await store.snapshot();
      await store.open();
      const fence = await acquire(store);
      await target.markers(chainIn('default')).open();
      await target.markers(chainIn('default')).raiseFence(fence.token);
      await target.transaction(attemptScope(), async (transaction) => {
        await runnerOf(transaction.clients).query('SELECT 1 AS of_a_change');
        await transaction.seal();
        await store.append(
          appendToChain((await store.snapshot()).head, [draft()]),
          fence,
          transaction.session,
        );
      });
      await target.connect(attemptScope(), async (clients) => {
        await runnerOf(clients)
          .query('SELECT nothing FROM nowhere')
          .catch(() => undefined);
      });
      await store.release(fence);
      const failed = 'SELECT nothing FROM nowhere';
      expect(logger.printed).toEqual(['SELECT 1 AS of_a_change', failed, `failed: ${failed}`]);
    });
  },
);
