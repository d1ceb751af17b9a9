import { describe, expect, it } from '@jest/globals';
import type { FlamingockOptions, HistorySource, ImportedRow } from 'nestjs-flamingock';
import { Flamingock, InvalidChangesError } from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryTargetSystem } from 'nestjs-flamingock/memory';
import { booted, compiled, memoryOptions, problemsOf } from '../nest/support/apps.js';
import { changesNamed } from '../nest/support/changes.js';
import { KeptLog } from '../nest/support/log.js';
import { sourceOf } from './old-tool.js';

/** A source that counts how often it is read. */
class OldTool implements HistorySource {
  readonly name = 'the old tool';
  reads = 0;
  constructor(readonly rows: readonly ImportedRow[]) {}

  async read(): Promise<readonly ImportedRow[]> {
    this.reads++;
    return this.rows;
  }
}

const oldTool = (...names: readonly string[]) =>
  new OldTool(names.map((name) => ({ name, state: 'applied', at: null })));

describe('the option importHistory', () => {
  const providers = changesNamed('one', 'two', 'three');
  const map = { V1: 'one', V2: 'two' };

  it('is performed before the changes run, and says so', async () => {
    const db = new MemoryTargetSystem('db');
    const log = new KeptLog();
    const options = memoryOptions({
      targetSystems: [db],
      importHistory: [{ source: oldTool('V1', 'V2'), map }],
    });
    const { flamingock } = await booted({ providers }, options, log);
    expect(db.table.keys()).toEqual(['three']);
    expect(flamingock.status).toBe('ready');
    expect(log.lines.join('\n')).toContain('Imported 2 from the old tool: one, two');
  });

  it('says that a record does not exist, where everything is new', async () => {
    const log = new KeptLog();
    const source: HistorySource = { ...sourceOf(), look: async () => 'new-place' };
    const { flamingock } = await booted({ providers }, memoryOptions({ importHistory: [{ source }] }), log);
    expect(flamingock.status).toBe('ready');
    expect(log.lines.join('\n')).toContain('Imported nothing from the old tool; it does not exist here');
  });

  it('is performed in the background too, and before a run that is called', async () => {
    for (const onBootstrap of ['background', 'skip'] as const) {
      const db = new MemoryTargetSystem('db');
      const importHistory = [{ source: oldTool('V1', 'V2'), map }];
      const { flamingock } = await booted(
        { providers },
        memoryOptions({ targetSystems: [db], importHistory, onBootstrap }),
      );
      if (onBootstrap === 'skip') await flamingock.run();
      else await flamingock.whenReady();
      expect(db.table.keys()).toEqual(['three']);
    }
  });

  it('is not performed where nothing runs', async () => {
    const source = oldTool('V1', 'V2');
    await booted({ providers }, memoryOptions({ onBootstrap: 'skip', importHistory: [{ source, map }] }));
    const checking = memoryOptions({ onBootstrap: 'check', importHistory: [{ source, map }] });
    await expect(booted({ providers }, checking)).rejects.toThrow(/3 changes are pending/);
    expect(source.reads).toBe(0);
  });

  it('takes no lock once everything is known', async () => {
    const auditStore = new MemoryAuditStore();
    const source = oldTool('V1', 'V2');
    const options = memoryOptions({ auditStore, importHistory: [{ source, map }] });
    await booted({ providers }, options);
    Object.assign(auditStore, { acquire: () => Promise.reject(new Error('the lock was asked for')) });
    const { flamingock } = await booted({ providers }, options);
    expect(flamingock.status).toBe('ready');
    expect(source.reads).toBe(2);
  });

  it('lets nothing run when the record is not understood', async () => {
    const db = new MemoryTargetSystem('db');
    const importHistory = [{ source: oldTool('V1', 'V2') }];
    const app = await compiled({ providers }, memoryOptions({ targetSystems: [db], importHistory }));
    await expect(app.init()).rejects.toThrow(InvalidChangesError);
    expect(app.get(Flamingock).status).toBe('failed');
    expect(db.table.size).toBe(0);
  });

  it('fails a background run when the record is not understood', async () => {
    const importHistory = [{ source: oldTool('V1') }];
    const options = memoryOptions({ onBootstrap: 'background', importHistory });
    const { flamingock } = await booted({ providers }, options);
    await expect(flamingock.whenReady()).rejects.toThrow(InvalidChangesError);
  });

  it('takes several records, in order', async () => {
    const importHistory = [{ source: oldTool('V1', 'V2'), map }, { source: oldTool('two', 'three') }];
    const { flamingock } = await booted({ providers }, memoryOptions({ importHistory }));
    const ids = [];
    for await (const { changeId, operation } of flamingock.history()) ids.push(`${changeId} ${operation}`);
    expect(ids).toEqual(['one import', 'two import', 'three import']);
  });

  it('takes its client from Nest', async () => {
    const source = {
      token: 'OLD_ROWS',
      label: 'importHistory from the old tool',
      create: (names: readonly string[]) => oldTool(...names),
    };
    const rows = { provide: 'OLD_ROWS', useValue: ['one', 'two'] };
    const importHistory = [{ source }];
    const { flamingock } = await booted(
      { providers: [...providers, rows] },
      memoryOptions({ importHistory }),
    );
    const ids = [];
    for await (const { changeId, operation } of flamingock.history()) ids.push(`${changeId} ${operation}`);
    expect(ids.slice(0, 2)).toEqual(['one import', 'two import']);
    expect(await problemsOf({ providers }, { importHistory })).toEqual([
      expect.stringContaining('importHistory from the old tool: no module provides'),
    ]);
  });

  it('is checked with all other options', async () => {
    const faulty = [
      {},
      { source: 'migrations' },
      { source: oldTool(), maps: {} },
      { source: oldTool(), map: 'one' },
    ];
    const importHistory = faulty as unknown as FlamingockOptions['importHistory'];
    expect(await problemsOf({ providers }, { importHistory })).toEqual([
      'FlamingockModule: importHistory[0]: source is missing',
      expect.stringContaining('importHistory[1]: source must be a source of history, such as'),
      "FlamingockModule: importHistory[2]: unknown option 'maps'; did you mean 'map'?",
      expect.stringContaining('importHistory[3]: map must be a function'),
    ]);
    expect(await problemsOf({ providers }, { importHistory: 'all' as unknown as [] })).toEqual([
      expect.stringContaining('importHistory must be a list'),
    ]);
  });
});
