import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Apply,
  Change,
  type ChangeOptions,
  type Flamingock,
  type FlamingockEvent,
  type Plan,
  planText,
  Recipes,
  Rollback,
} from 'nestjs-flamingock';
import type { TargetSystem } from 'nestjs-flamingock/kit';
import { FileSystemClient, FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import {
  MemoryAuditStore,
  type MemoryTable,
  MemoryTargetSystem,
  PlainMemoryTargetSystem,
} from 'nestjs-flamingock/memory';
import { booted, memoryOptions } from './support/apps.js';
import { changeThat, deferred } from './support/changes.js';

const LIMITS = { id: 'raise-limits', order: '0001', author: 'team', targetSystem: 'config' };

@Change(LIMITS)
class RaiseLimits {
  @Apply()
  async apply(files: FileSystemClient): Promise<void> {
    await files.writeJson('limits.json', { max: 10 });
    if (failing.now) throw new Error('it failed half-way');
  }

  @Rollback()
  async rollback(files: FileSystemClient, recipes: Recipes): Promise<void> {
    expect(await files.exists('limits.json')).toBe(true);
    await recipes.undo();
  }
}

@Change({ ...LIMITS, id: 'change-limits', order: '0003', rollback: 'none' })
class ChangesLimits {
  @Apply()
  async apply(files: FileSystemClient): Promise<void> {
    await files.writeJson('limits.json', { max: 50 });
    await files.append('audit.log', 'limits raised\n');
    await files.remove('cache', { recursive: true });
  }
}

const failing = { now: false };
let above = '';
beforeAll(async () => void (above = await mkdtemp(join(tmpdir(), 'flamingock-'))));
afterAll(() => rm(above, { recursive: true }));

const root = (): string => join(above, 'config');

/** A target system of somebody who knows nothing of previews. */
function withoutPreview(): TargetSystem {
  const plain = new PlainMemoryTargetSystem('queue');
  return {
    id: 'queue',
    kind: 'queue',
    transactional: false,
    clients: () => plain.clients(),
    connect: (scope, work) => plain.connect(scope, work),
  };
}

function systems() {
  const { targetSystems } = memoryOptions();
  return [...targetSystems, new FileSystemTargetSystem('config', { root: root() }), withoutPreview()];
}

const app = (providers: readonly unknown[], differences = {}) =>
  booted(
    { providers: providers as never[] },
    memoryOptions({ onBootstrap: 'skip', targetSystems: systems(), ...differences }),
  );

const previewsOf = ({ changes }: Plan) => changes.map(({ preview }) => preview);
const change = (order: string, work?: Parameters<typeof changeThat>[0], more: Partial<ChangeOptions> = {}) =>
  changeThat(work, { id: `change-${order}`, order, ...more });

describe('plan({ preview: true })', () => {
  it('tells what each pending change would do, and does nothing', async () => {
    const auditStore = new MemoryAuditStore();
    const database = new MemoryTargetSystem('db');
    database.table.set('old', 1);
    const { flamingock } = await app(
      [RaiseLimits, change('0002', (table) => void table.set('new', 2).set('old', 3).delete('none'))],
      { auditStore, targetSystems: [database, new FileSystemTargetSystem('config', { root: root() })] },
    );
    const plan = await flamingock.plan({ preview: true });
    expect(planText(plan)).toBe(
      [
        'Plan: 2 apply',
        '  apply  default 0001  raise-limits  config  it never ran',
        "      write 'limits.json'",
        "        + file 'limits.json': 16 bytes",
        '  apply  default 0002  change-0002   db      it never ran',
        "      set 'new'",
        '        + new: 2',
        "      set 'old'",
        '        ~ old: 1 → 3',
        "      delete 'none'",
        '        nothing to change',
      ].join('\n'),
    );
    expect(database.table.entries()).toEqual([['old', 1]]);
    await expect(access(root())).rejects.toThrow();
    expect(await auditStore.snapshot()).toMatchObject({ latest: [], ready: false });
  });

  it('is not asked for without the option', async () => {
    const { flamingock } = await app([change('0001', () => expect('called').toBe('never'))]);
    const plan = await flamingock.plan();
    expect(plan.changes).toEqual([expect.not.objectContaining({ preview: expect.anything() })]);
  });

  it('lets a change see what those before it did, where the target system can', async () => {
    const reads = (key: string) => (table: MemoryTable) => {
      if (!table.has(key)) throw new Error(`there is no ${key}`);
      table.set('seen', key);
    };
    const { flamingock } = await app([
      change('0001', (table) => table.set('a', 1)),
      change('0002', undefined, { targetSystem: 'broker' }),
      change('0003', reads('a')),
      change('0004', reads('b')),
      change('0005', (table) => table.set('a', 2)),
    ]);
    const plan = await flamingock.plan({ preview: true });
    expect(previewsOf(plan).map((preview) => preview?.possible)).toEqual([true, true, true, false, true]);
    expect(planText(plan)).toContain('        + a: 2');
  });

  it('says why a change cannot be previewed, and what may be the reason', async () => {
    const fails = (): never => {
      throw new Error('there is no table, password=secret');
    };
    const { flamingock } = await app([
      change('0001', fails),
      change('0002', (table) => table.set('a', 1) && fails()),
      change('0003', undefined, { targetSystem: 'queue' }),
    ]);
    const plan = await flamingock.plan({ preview: true });
    const told = { summary: "set 'a'", differences: [{ what: 'a', to: '1' }] };
    const because = 'there is no table, password=***';
    expect(previewsOf(plan)).toEqual([
      { possible: false, reason: because, operations: [] },
      {
        possible: false,
        reason: `${because}; perhaps because of what is pending before it and not in effect in a preview: 'change-0001'`,
        operations: [told],
      },
      { possible: false, reason: "target system 'queue' (queue) has no preview", operations: [] },
    ]);
    expect(planText(plan)).toContain("no preview: target system 'queue' (queue) has no preview");
    expect(planText(plan)).toContain(`the preview ends here: ${because}`);
  });

  it('calls the change as an attempt does, with its timeout, and not as a part of a run', async () => {
    const { flamingock } = await app([
      change(
        '0001',
        async (_, context) => {
          expect([context.attempt, context.changeId, context.isPreview]).toEqual([1, 'change-0001', true]);
          context.progress(1, 2);
          await deferred().promise;
        },
        { timeout: 50 },
      ),
    ]);
    const events: FlamingockEvent[] = [];
    flamingock.events.subscribe((event) => events.push(event));
    const [preview] = previewsOf(await flamingock.plan({ preview: true }));
    expect(preview).toMatchObject({ possible: false, reason: expect.stringContaining('timeout of 50 ms') });
    expect(events).toEqual([]);
    expect(flamingock.status).toBe('ready');
  });

  it('refuses a change what it does after its end', async () => {
    const late: (() => unknown)[] = [];
    const { flamingock } = await app([change('0001', (table) => void late.push(() => table.set('a', 1)))]);
    await flamingock.plan({ preview: true });
    expect(late).toHaveLength(1);
    expect(late[0]).toThrow(/has ended/);
  });

  it('waits for a run, and has nothing to tell of what is applied', async () => {
    const { flamingock } = await app([change('0001', (_, { isPreview }) => expect(isPreview).toBe(false))]);
    const [, plan] = await Promise.all([flamingock.run(), flamingock.plan({ preview: true })]);
    expect(plan.status).toBe('nothing-to-do');
    expect(previewsOf(plan)).toEqual([undefined]);
    expect(planText(plan)).toBe('Nothing to do: 1 in effect');
  });
});

describe('planText', () => {
  it('shows the lines of a file that would change', async () => {
    const folder = join(above, 'lines');
    await mkdir(folder);
    await writeFile(join(folder, 'limits.json'), JSON.stringify({ max: 10, min: 1 }, undefined, 2) + '\n');
    const { flamingock } = await app([ChangesLimits], {
      targetSystems: [new FileSystemTargetSystem('config', { root: folder })],
    });
    expect(planText(await flamingock.plan({ preview: true }))).toBe(
      [
        'Plan: 1 apply',
        '  apply  default 0003  change-limits  config  it never ran',
        "      write 'limits.json'",
        '        ~ \'limits.json\' line 2:   "max": 10, →   "max": 50',
        '        - \'limits.json\' line 3:   "min": 1',
        "      append to 'audit.log'",
        "        + file 'audit.log': 14 bytes",
        "      remove 'cache'",
        '        nothing to change',
      ].join('\n'),
    );
  });
});

describe('recipes.undo() in @Rollback', () => {
  it('puts back what @Apply did before it failed', async () => {
    const { flamingock }: { flamingock: Flamingock } = await app([RaiseLimits]);
    failing.now = true;
    await expect(flamingock.run()).rejects.toThrow(/was rolled back: it failed half-way/);
    await expect(access(root())).rejects.toThrow();
    failing.now = false;
    expect(await flamingock.run()).toMatchObject({ status: 'succeeded' });
    await expect(flamingock.undo({ only: 'raise-limits' })).rejects.toThrow(
      /knows nothing of what @Apply did/,
    );
  });
});
