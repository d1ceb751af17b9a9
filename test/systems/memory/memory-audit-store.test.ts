import { describe, expect, it } from '@jest/globals';
import { MemoryAuditStore, MemoryDatabase, MemoryTargetSystem } from 'nestjs-flamingock/memory';
import { appendToChain, EMPTY_CHAIN } from '../../../lib/core/kit/hash-chain.js';
import { draft } from '../../../lib/testing/audit-store/entry-samples.js';
import { attemptScope, chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';

const REQUEST = { holder: 'run', host: 'host', leaseMs: 1_000 };
const FENCE = { ...chainIn('default'), token: 1, ...REQUEST };

describe('MemoryAuditStore', () => {
  it("judges leases by its database's clock", async () => {
    let now = Date.parse('2026-01-01T00:00:00.000Z');
    const store = new MemoryAuditStore(new MemoryDatabase({ now: () => now }));
    await store.open();
    expect(await store.acquire(REQUEST)).toMatchObject({ token: 1 });
    expect((await store.snapshot()).holder).toEqual({
      holder: 'run',
      host: 'host',
      since: '2026-01-01T00:00:00.000Z',
      until: '2026-01-01T00:00:01.000Z',
      liveness: 'alive',
    });
    now += 999;
    expect(await store.acquire(REQUEST)).toBeNull();
    now += 1;
    expect((await store.snapshot()).holder).toBeNull();
    expect(await store.acquire(REQUEST)).toMatchObject({ token: 2 });
  });

  it('says what to do when it is written to before it is opened', async () => {
    await expect(new MemoryAuditStore().acquire(REQUEST)).rejects.toThrow(
      /before it was opened[^]*await store\.open/,
    );
  });

  it('keeps its entries from those who read them', async () => {
    const store = new MemoryAuditStore();
    await store.open();
    await store.acquire(REQUEST);
    const metadata = { tags: ['a'] };
    await store.append(appendToChain(EMPTY_CHAIN, [draft({ metadata })]), FENCE);
    metadata.tags.push('b');
    for await (const entry of store.history()) (entry.metadata as typeof metadata).tags.push('c');
    expect((await store.snapshot()).latest[0]?.metadata).toStrictEqual({ tags: ['a'] });
  });

  it('makes others wait while an append within a transaction is not committed', async () => {
    const database = new MemoryDatabase({ lockWaitMs: 20 });
    const store = new MemoryAuditStore(database);
    await store.open();
    await store.acquire(REQUEST);
    const fence = FENCE;
    await new MemoryTargetSystem('db', database).transaction(attemptScope(), async ({ session }) => {
      await store.append(appendToChain(EMPTY_CHAIN, [draft()]), fence, session);
      await expect(store.renew(fence)).rejects.toThrow(
        /lock row .* held by the transaction of change 'a-change'/,
      );
      expect((await store.snapshot()).head).toEqual(EMPTY_CHAIN);
    });
    expect(await store.renew(fence)).toBe(true);
    expect((await store.snapshot()).head.seq).toBe(1);
  });

  it('refuses a session that is not its own', async () => {
    const store = new MemoryAuditStore();
    await store.open();
    await expect(store.append([], FENCE, {})).rejects.toThrow(/a session that is not its own/);
  });
});
