import { afterEach, describe, expect, it } from '@jest/globals';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import { appendToChain, EMPTY_CHAIN } from '../../../lib/core/kit/hash-chain.js';
import { acquire, append, draft } from './support/entries.js';
import { createStoreStorage, type OpenStorage } from './support/store-storage.js';

let storage: OpenStorage;
afterEach(() => storage.drop());

async function storeOf(namespace: string): Promise<TypeOrmAuditStore> {
  const store = new TypeOrmAuditStore(await storage.dataSource(), { namespace });
  await store.open();
  return store;
}

describe.each(['postgres', 'mariadb'] as const)('apps that share tables on %s', (kind) => {
  it('are not held up by a process of another app that stands still before its COMMIT', async () => {
    storage = await createStoreStorage(kind);
    const frozen = await storeOf('m');
    const runner = frozen.resource.createQueryRunner();
    await runner.startTransaction('READ COMMITTED');
    const fence = await acquire(frozen);
    await frozen.append(appendToChain(EMPTY_CHAIN, [draft(), draft()]), fence, runner);

    for (const namespace of ['a', 'l', 'n', 'z']) {
      const neighbour = await storeOf(namespace);
      const entries = await append(neighbour, await acquire(neighbour), [draft()]);
      expect((await neighbour.snapshot()).head.hash).toBe(entries[0]?.hash);
    }
    await runner.rollbackTransaction();
    await runner.release();
  }, 15_000);
});
