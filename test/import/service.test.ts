import { describe, expect, it } from '@jest/globals';
import { type AuditEntry, type Flamingock, type ImportedRow, InterruptedError } from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryDatabase, MemoryTargetSystem } from 'nestjs-flamingock/memory';
import { booted, memoryOptions } from '../nest/support/apps.js';
import { changesNamed, changeThat } from '../nest/support/changes.js';
import { sourceOf } from './old-tool.js';

const skipping = (differences = {}) => memoryOptions({ onBootstrap: 'skip', ...differences });

async function entriesOf(flamingock: Flamingock): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of flamingock.history()) entries.push(entry);
  return entries;
}

const inShort = async (flamingock: Flamingock) =>
  (await entriesOf(flamingock)).map(({ changeId, state, operation }) => `${changeId} ${state} ${operation}`);

describe('importHistory', () => {
  it('records each row as an audit entry, and no run does the change again', async () => {
    const db = new MemoryTargetSystem('db');
    const { flamingock } = await booted(
      { providers: changesNamed('one', 'two', 'three') },
      skipping({ targetSystems: [db] }),
    );
    const report = await flamingock.importHistory(sourceOf('two', 'one'));
    expect(report).toMatchObject({
      source: 'the old tool',
      dryRun: false,
      rows: 2,
      imported: [
        { changeId: 'two', name: 'two' },
        { changeId: 'one', name: 'one' },
      ],
      alreadyKnown: [],
      ignored: [],
    });
    expect((await flamingock.plan()).changes.map(({ id, decision }) => [id, decision])).toEqual([
      ['one', 'skip'],
      ['two', 'skip'],
      ['three', 'apply'],
    ]);
    await flamingock.run();
    expect(db.table.keys()).toEqual(['three']);
    expect(await inShort(flamingock)).toEqual([
      'two APPLIED import',
      'one APPLIED import',
      'three STARTED apply',
      'three APPLIED apply',
    ]);
    expect(await flamingock.verifyAudit()).toMatchObject({ intact: true, entries: 4 });
  });

  it('keeps in the entry where it comes from', async () => {
    const mine = changeThat(undefined, { id: 'one', author: 'shop-team', metadata: { build: 7 } });
    const { flamingock } = await booted({ providers: [mine] }, skipping({ actor: 'deployer' }));
    const row: ImportedRow = {
      name: 'V1',
      state: 'applied',
      at: '2024-01-01T10:00:00.000Z',
      author: 'ann',
      durationMs: 31,
      facts: { checksum: 'abc' },
    };
    const report = await flamingock.importHistory(sourceOf(row), { map: { V1: 'one' } });
    expect(await entriesOf(flamingock)).toMatchObject([
      {
        executionId: report.executionId,
        changeId: 'one',
        author: 'shop-team',
        actor: 'deployer',
        state: 'APPLIED',
        operation: 'import',
        strategy: 'marker',
        attempt: 0,
        durationMs: 31,
        reason: "imported from the old tool, where it is 'V1', applied at 2024-01-01T10:00:00.000Z",
        metadata: {
          build: 7,
          importedFrom: {
            source: 'the old tool',
            name: 'V1',
            at: '2024-01-01T10:00:00.000Z',
            author: 'ann',
            durationMs: 31,
            facts: { checksum: 'abc' },
          },
        },
      },
    ]);
  });

  it('says in which time zone times were read that have none', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one') }, skipping());
    const at = '2024-01-01T15:00:00.000Z';
    const zone = 'America/New_York';
    const report = await flamingock.importHistory(sourceOf({ name: 'one', state: 'applied', at, zone }));
    expect(report.notes).toEqual([
      'its times name no time zone and were read as America/New_York (timeZone)',
    ]);
    expect(await entriesOf(flamingock)).toMatchObject([
      {
        reason: expect.stringContaining(`applied at ${at} (read as ${zone}: the record names no time zone)`),
        metadata: { importedFrom: { at, zone } },
      },
    ]);
  });

  it('is idempotent, and takes no lock the second time', async () => {
    const auditStore = new MemoryAuditStore();
    const { flamingock } = await booted({ providers: changesNamed('one', 'two') }, skipping({ auditStore }));
    await flamingock.importHistory(sourceOf('one', 'two'));
    const lockless = Object.assign(auditStore, {
      acquire: () => Promise.reject(new Error('the lock was asked for')),
    });
    const again = await flamingock.importHistory(sourceOf('one', 'two'));
    expect(again).toMatchObject({ imported: [], alreadyKnown: ['one', 'two'] });
    expect((await lockless.snapshot()).head.seq).toBe(2);
  });

  it('goes on where one was cut off', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one', 'two') }, skipping());
    await flamingock.importHistory(sourceOf('one'));
    const report = await flamingock.importHistory(sourceOf('one', 'two'));
    expect(report.imported.map(({ changeId }) => changeId)).toEqual(['two']);
  });

  it('takes a long record in several writes', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `change-${index}`);
    const { flamingock } = await booted({ providers: changesNamed(...ids) }, skipping());
    expect((await flamingock.importHistory(sourceOf(...ids))).imported).toHaveLength(60);
    expect(await flamingock.verifyAudit()).toMatchObject({ intact: true, entries: 60 });
    expect(await flamingock.run()).toMatchObject({ status: 'nothing-to-do' });
  });

  it('stops between two writes when the app closes, and the next one goes on', async () => {
    const database = new MemoryDatabase();
    const ids = Array.from({ length: 60 }, (_, index) => `change-${index}`);
    const auditStore = new MemoryAuditStore(database);
    const { app, flamingock } = await booted({ providers: changesNamed(...ids) }, skipping({ auditStore }));
    const append = auditStore.append.bind(auditStore);
    let closing: Promise<void> | undefined;
    auditStore.append = async (...call) => {
      closing ??= app.close();
      // Nest takes a moment until it tells anybody.
      await new Promise((done) => setTimeout(done, 20));
      return append(...call);
    };
    await expect(flamingock.importHistory(sourceOf(...ids))).rejects.toThrow(InterruptedError);
    await closing;
    const next = await booted(
      { providers: changesNamed(...ids) },
      skipping({ auditStore: new MemoryAuditStore(database) }),
    );
    const report = await next.flamingock.importHistory(sourceOf(...ids));
    expect(report.alreadyKnown).toHaveLength(25);
    expect(report.imported).toHaveLength(35);
    expect(await next.flamingock.verifyAudit()).toMatchObject({ intact: true, entries: 60 });
  });

  it('with dryRun only tells', async () => {
    const auditStore = new MemoryAuditStore();
    const { flamingock } = await booted({ providers: changesNamed('one') }, skipping({ auditStore }));
    const report = await flamingock.importHistory(sourceOf('one'), { dryRun: true });
    expect(report).toMatchObject({ dryRun: true, imported: [{ changeId: 'one' }] });
    expect((await auditStore.snapshot()).ready).toBe(false);
  });

  it('is undone like any change, and stays undone', async () => {
    const db = new MemoryTargetSystem('db');
    db.table.set('one', 'applied by the old tool');
    const { flamingock } = await booted(
      { providers: changesNamed('one') },
      skipping({ targetSystems: [db] }),
    );
    await flamingock.importHistory(sourceOf('one'));
    await flamingock.undo({ all: true });
    expect(db.table.size).toBe(0);
    expect(await flamingock.importHistory(sourceOf('one'))).toMatchObject({
      imported: [],
      alreadyKnown: ['one'],
    });
    await flamingock.run();
    expect(db.table.keys()).toEqual(['one']);
  });

  it('helps after a run that failed because the change had been applied before', async () => {
    let isThere = true;
    const create = changeThat(() => {
      if (isThere) throw new Error('it exists already');
    });
    const { flamingock } = await booted({ providers: [create] }, skipping());
    await flamingock.run().catch(() => undefined);
    await flamingock.importHistory(sourceOf('one'));
    expect(await flamingock.run()).toMatchObject({ status: 'nothing-to-do' });
    expect((await inShort(flamingock)).at(-1)).toBe('one APPLIED import');

    // From here on our own audit knows better, even when its latest entry is a failure again.
    await flamingock.undo({ all: true });
    await flamingock.run().catch(() => undefined);
    expect(await flamingock.importHistory(sourceOf('one'))).toMatchObject({
      imported: [],
      alreadyKnown: ['one'],
    });
    isThere = false;
    expect(await flamingock.run()).toMatchObject({ status: 'succeeded' });
  });

  it('does not decide about an attempt that needs a person', async () => {
    const broken = changeThat(() => Promise.reject(new Error('broken')), { targetSystem: 'broker' });
    (broken.prototype as { rollback: () => void }).rollback = () => {
      throw new Error('cannot be undone');
    };
    const { flamingock } = await booted({ providers: [broken] }, skipping());
    await flamingock.run().catch(() => undefined);
    await expect(flamingock.importHistory(sourceOf('one'))).rejects.toThrow(
      /attempt 1 of 'one' here ended as ROLLBACK_FAILED/,
    );
    await flamingock.resolve('one', 'applied', { reason: 'the old tool did it' });
    expect(await flamingock.importHistory(sourceOf('one'))).toMatchObject({ alreadyKnown: ['one'] });
  });
});
