import { describe, expect, it } from '@jest/globals';
import type { HistorySource } from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryDatabase, MemoryTargetSystem } from 'nestjs-flamingock/memory';
import { booted, memoryOptions } from '../nest/support/apps.js';
import { changesNamed, changeThat, deferred } from '../nest/support/changes.js';

describe('an import over an attempt whose process has lost the lock', () => {
  it('lets the attempt never commit', async () => {
    const [audit, db] = [new MemoryDatabase(), new MemoryDatabase()];
    const [begun, release] = [deferred(), deferred()];
    const options = () =>
      memoryOptions({
        auditStore: new MemoryAuditStore(audit),
        targetSystems: [new MemoryTargetSystem('db', db)],
        onBootstrap: 'skip',
        lock: { lease: '10s', retry: '5ms' },
      });
    const stalled = changeThat(async (table) => {
      begun.resolve();
      await release.promise;
      table.set('one', 'too late');
    });
    const zombie = await booted({ providers: [stalled] }, options());
    const importer = await booted({ providers: changesNamed('one') }, options());
    const run = zombie.flamingock.run().catch((error: unknown) => error);
    await begun.promise;

    // As if its lease had run out: the lock is free, and the process does not know.
    const store = new MemoryAuditStore(audit);
    const { holder, storeId, token } = await store.summary();
    await store.release({
      storeId: storeId!,
      namespace: 'default',
      token,
      holder: holder!.holder,
      leaseMs: 10_000,
    });
    const source: HistorySource = {
      name: 'the old tool',
      read: async () => [{ name: 'one', state: 'applied', at: null }],
    };
    const report = await importer.flamingock.importHistory(source);
    expect(report.imported).toEqual([{ changeId: 'one', name: 'one' }]);

    release.resolve();
    expect(await run).toMatchObject({ code: 'LOCK_LOST' });
    expect(new MemoryTargetSystem('db', db).table.size).toBe(0);
    const states = [];
    for await (const { state, operation } of importer.flamingock.history())
      states.push(`${state} ${operation}`);
    expect(states).toEqual(['STARTED apply', 'APPLIED import']);
  });
});
