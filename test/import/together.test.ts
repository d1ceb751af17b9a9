import { describe, expect, it } from '@jest/globals';
import type { Flamingock, HistorySource } from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryDatabase } from 'nestjs-flamingock/memory';
import { booted, memoryOptions } from '../nest/support/apps.js';
import { changesNamed, changeThat, deferred } from '../nest/support/changes.js';

const ids = ['one', 'two', 'three'];

const source: HistorySource = {
  name: 'the old tool',
  read: async () => ids.map((name) => ({ name, state: 'applied', at: null })),
};

async function inShort(flamingock: Flamingock): Promise<string[]> {
  const entries: string[] = [];
  for await (const { changeId, state, operation } of flamingock.history())
    entries.push(`${changeId} ${state} ${operation}`);
  return entries;
}

const optionsOn = (database: MemoryDatabase, differences = {}) =>
  memoryOptions({ auditStore: new MemoryAuditStore(database), lock: { retry: '5ms' }, ...differences });

describe('several processes', () => {
  it('that import at once record each row once', async () => {
    const database = new MemoryDatabase();
    const options = () => optionsOn(database, { onBootstrap: 'skip' });
    const replicas = await Promise.all(ids.map(() => booted({ providers: changesNamed(...ids) }, options())));
    await Promise.all(replicas.map(({ flamingock }) => flamingock.importHistory(source)));
    expect(await inShort(replicas[0]!.flamingock)).toEqual(ids.map((id) => `${id} APPLIED import`));
  });

  it('that boot at once with the option all end ready', async () => {
    const database = new MemoryDatabase();
    const providers = changesNamed(...ids, 'four');
    const replicas = await Promise.all(
      ids.map(() => booted({ providers }, optionsOn(database, { importHistory: [{ source }] }))),
    );
    expect(replicas.map(({ flamingock }) => flamingock.status)).toEqual(['ready', 'ready', 'ready']);
    expect(await inShort(replicas[0]!.flamingock)).toEqual([
      ...ids.map((id) => `${id} APPLIED import`),
      'four STARTED apply',
      'four APPLIED apply',
    ]);
  });
});

describe('an import while another process is at work on one of the changes', () => {
  async function meet(end: () => void): Promise<{ readonly entries: string[]; readonly imported: string[] }> {
    const database = new MemoryDatabase();
    const [begun, release] = [deferred(), deferred()];
    const slow = changeThat(async () => {
      begun.resolve();
      await release.promise;
      end();
    });
    const options = () => optionsOn(database, { onBootstrap: 'skip' });
    const worker = await booted({ providers: [slow] }, options());
    const importer = await booted({ providers: changesNamed(...ids) }, options());
    const run = worker.flamingock.run().catch(() => undefined);
    await begun.promise;
    const asked = importer.flamingock.importHistory(source);
    // Long enough for the importer to find the lock taken.
    await new Promise((done) => setTimeout(done, 30));
    release.resolve();
    const [{ imported }] = await Promise.all([asked, run]);
    return {
      entries: await inShort(importer.flamingock),
      imported: imported.map(({ changeId }) => changeId),
    };
  }

  it('waits for it, and leaves alone what it has applied', async () => {
    const { entries, imported } = await meet(() => undefined);
    expect(imported).toEqual(['two', 'three']);
    expect(entries.slice(0, 3)).toEqual(['one STARTED apply', 'one APPLIED apply', 'two APPLIED import']);
  });

  it('imports what it has rolled back', async () => {
    const { entries, imported } = await meet(() => {
      throw new Error('it exists already');
    });
    expect(imported).toEqual(ids);
    expect(entries.slice(0, 4)).toEqual([
      'one STARTED apply',
      'one FAILED apply',
      'one ROLLED_BACK apply',
      'one APPLIED import',
    ]);
  });
});
