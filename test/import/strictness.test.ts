import { describe, expect, it } from '@jest/globals';
import {
  type HistorySource,
  InvalidChangesError,
  type RecordPresence,
  TargetSystemError,
} from 'nestjs-flamingock';
import { MemoryAuditStore } from 'nestjs-flamingock/memory';
import { booted, memoryOptions } from '../nest/support/apps.js';
import { changesNamed } from '../nest/support/changes.js';
import { sourceOf } from './old-tool.js';

const skipping = (differences = {}) => memoryOptions({ onBootstrap: 'skip', ...differences });

describe('importHistory is strict', () => {
  it('about everything at once, and writes nothing', async () => {
    const auditStore = new MemoryAuditStore();
    const { flamingock } = await booted({ providers: changesNamed('one', 'two') }, skipping({ auditStore }));
    const rows = sourceOf('one', 'tow', { name: 'two', state: 'failed', at: null }, 'old-thing');
    const error: unknown = await flamingock.importHistory(rows).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidChangesError);
    expect((error as InvalidChangesError).problems).toEqual([
      expect.stringContaining("'tow' is no change in the code; did you mean 'two'"),
      expect.stringContaining("'two' is not applied"),
      expect.stringContaining("'old-thing' is no change in the code"),
    ]);
    expect((await auditStore.snapshot()).ready).toBe(false);
  });

  it('unless told not to be', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one', 'two') }, skipping());
    const rows = sourceOf('one', 'tow', { name: 'two', state: 'failed', at: null });
    const report = await flamingock.importHistory(rows, { allowUnknown: true, allowFailed: true });
    expect(report.imported.map(({ changeId }) => changeId)).toEqual(['one']);
    expect(report.ignored).toEqual([
      { name: 'tow', reason: 'unknown' },
      { name: 'two', reason: 'failed' },
    ]);
  });

  it('about a record without rows', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one') }, skipping());
    await expect(flamingock.importHistory(sourceOf())).rejects.toThrow(
      /the old tool has no rows.*allowEmpty/,
    );
    expect(await flamingock.importHistory(sourceOf(), { allowEmpty: true })).toMatchObject({ rows: 0 });
    await flamingock.importHistory(sourceOf('one'));
    expect(await flamingock.importHistory(sourceOf())).toMatchObject({ rows: 0, imported: [] });
  });

  it('about a record without rows, whatever came from another one', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one', 'two') }, skipping());
    await flamingock.importHistory(sourceOf('one'));
    const misspelt: HistorySource = { ...sourceOf(), name: 'the other tool', look: async () => 'missing' };
    await expect(flamingock.importHistory(misspelt)).rejects.toThrow(
      /the other tool does not exist.*allowEmpty/,
    );
    await flamingock.run();
    await expect(flamingock.importHistory(misspelt)).rejects.toThrow(/the other tool does not exist/);
  });

  it('about a record without rows, but not when what came from there was undone since', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one') }, skipping());
    await flamingock.importHistory(sourceOf('one'));
    await flamingock.undo({ only: 'one' });
    expect(await flamingock.importHistory(sourceOf())).toMatchObject({ rows: 0, imported: [] });
  });

  it('about a record that does not exist, but for where everything is new', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one') }, skipping());
    const absent = (look: RecordPresence): HistorySource => ({ ...sourceOf(), look: async () => look });
    await expect(flamingock.importHistory(absent('missing'))).rejects.toThrow(/does not exist/);
    expect(await flamingock.importHistory(absent('new-place'))).toMatchObject({
      rows: 0,
      notes: [expect.stringContaining('does not exist')],
    });
    await flamingock.run();
    expect(await flamingock.importHistory(absent('missing'))).toMatchObject({ rows: 0 });
    await expect(flamingock.importHistory(absent('kept'))).rejects.toThrow(/has no rows/);
  });

  it('about a record that cannot be read', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one') }, skipping());
    const unreachable: HistorySource = {
      ...sourceOf(),
      read: () => Promise.reject(new Error('no such host')),
    };
    const error: unknown = await flamingock.importHistory(unreachable).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TargetSystemError);
    expect(String(error)).toContain('the old tool cannot be read: no such host');
  });
});
