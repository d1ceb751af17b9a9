import { Injectable, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, take, toArray } from 'rxjs';
import {
  type AuditEntry,
  ChangeFailedError,
  Flamingock,
  type FlamingockEvent,
  type HistoryQuery,
  InvalidChangesError,
  WaitsForItselfError,
} from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryDatabase, MemoryTargetSystem } from 'nestjs-flamingock/memory';
import { booted, memoryOptions } from './support/apps.js';
import { changesNamed, changeThat, deferred, untilStopped } from './support/changes.js';

const skipping = (differences = {}) => memoryOptions({ onBootstrap: 'skip', ...differences });

async function collect(flamingock: Flamingock, query?: HistoryQuery): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of flamingock.history(query)) entries.push(entry);
  return entries;
}

const statesOf = async (flamingock: Flamingock) =>
  (await collect(flamingock)).map(({ changeId, state }) => `${changeId} ${state}`);

describe('run', () => {
  it('reports what it did', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one', 'two') }, skipping());
    const report = await flamingock.run();
    expect(report).toMatchObject({ status: 'succeeded', operation: 'apply' });
    expect(report.changes.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['one', 'applied'],
      ['two', 'applied'],
    ]);
  });

  it('is joined by a second call', async () => {
    const { promise, resolve } = deferred();
    let runs = 0;
    const slow = changeThat(async () => {
      runs++;
      await promise;
    });
    const { flamingock } = await booted({ providers: [slow] }, skipping());
    const first = flamingock.run();
    const second = flamingock.run();
    resolve();
    expect(await second).toBe(await first);
    expect(runs).toBe(1);
    expect(await flamingock.run()).toMatchObject({ status: 'nothing-to-do' });
  });

  it('stops at a safe point when its signal fires', async () => {
    const controller = new AbortController();
    const providers = [
      changeThat(() => controller.abort(new Error('enough'))),
      changeThat(undefined, { id: 'two', order: '0002' }),
    ];
    const { flamingock } = await booted({ providers }, skipping());
    const error: unknown = await flamingock
      .run({ signal: controller.signal })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INTERRUPTED', report: { status: 'interrupted' } });
    expect(await statesOf(flamingock)).not.toContain('two APPLIED');
  });

  it('can be tried again after a failure, and is ready then', async () => {
    let isBroken = true;
    const moody = changeThat(() => {
      if (isBroken) throw new Error('not yet');
    });
    const { flamingock } = await booted({ providers: [moody] }, skipping());
    await expect(flamingock.run()).rejects.toThrow(ChangeFailedError);
    expect(flamingock.status).toBe('failed');
    isBroken = false;
    await flamingock.run();
    expect(flamingock.status).toBe('ready');
    await flamingock.whenReady();
  });

  it('fails when a change rejects with undefined, and so does undo', async () => {
    let isBroken = true;
    const empty = changeThat(() => (isBroken ? Promise.reject(undefined) : undefined));
    const next = changeThat(undefined, { id: 'two', order: '0002' });
    const { flamingock } = await booted({ providers: [empty, next] }, skipping());
    await expect(flamingock.run()).rejects.toThrow(/'one'.*undefined was thrown/);
    expect(flamingock.status).toBe('failed');
    expect(await statesOf(flamingock)).toEqual(['one STARTED', 'one FAILED', 'one ROLLED_BACK']);
    isBroken = false;
    await flamingock.run();
    (empty.prototype as { rollback: () => unknown }).rollback = () => Promise.reject(undefined);
    await expect(flamingock.undo({ only: 'one' })).rejects.toThrow(/'one'.*undefined was thrown/);
    expect((await statesOf(flamingock)).at(-1)).toBe('one APPLIED');
  });

  it('rejects with everything that is wrong with the changes', async () => {
    const { flamingock } = await booted({ providers: [changeThat(undefined, { order: '1' })] }, skipping());
    await expect(flamingock.run()).rejects.toThrow(InvalidChangesError);
    await expect(flamingock.plan()).rejects.toThrow(InvalidChangesError);
    await expect(flamingock.issues()).rejects.toThrow(InvalidChangesError);
  });

  it('tells a change what it wants to know about itself', async () => {
    const seen: unknown[] = [];
    const curious = changeThat((_, { changeId, attempt, executionId, signal, logger }) => {
      logger.log('hello');
      seen.push(changeId, attempt, typeof executionId, signal.aborted);
    });
    await booted({ providers: [curious] });
    expect(seen).toEqual(['one', 1, 'string', false]);
  });
});

describe('plan', () => {
  it('tells what run would do, and writes nothing', async () => {
    const auditStore = new MemoryAuditStore();
    const { flamingock } = await booted({ providers: changesNamed('one', 'two') }, skipping({ auditStore }));
    const plan = await flamingock.plan();
    expect(plan.status).toBe('pending');
    expect(plan.changes.map(({ id, decision }) => [id, decision])).toEqual([
      ['one', 'apply'],
      ['two', 'apply'],
    ]);
    expect((await auditStore.snapshot()).ready).toBe(false);
  });
});

describe('undo', () => {
  it('rolls back newest first, and the process is no longer ready', async () => {
    const db = new MemoryTargetSystem('db');
    const { flamingock } = await booted(
      { providers: changesNamed('one', 'two', 'three') },
      memoryOptions({ targetSystems: [db] }),
    );
    const report = await flamingock.undo({ to: 'one' });
    expect(report.operation).toBe('undo');
    expect(report.changes.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['three', 'rolled-back'],
      ['two', 'rolled-back'],
    ]);
    expect(db.table.keys()).toEqual(['one']);
    expect(flamingock.status).toBe('idle');
    await flamingock.run();
    expect(db.table.size).toBe(3);
    expect(flamingock.status).toBe('ready');
  });

  it('is not ready while it undoes', async () => {
    const seen: string[] = [];
    const watched = changeThat();
    const { flamingock } = await booted({ providers: [watched] });
    (watched.prototype as { rollback: () => void }).rollback = () => void seen.push(flamingock.status);
    await flamingock.undo({ all: true });
    expect(seen).toEqual(['running']);
  });

  it('with dryRun changes nothing', async () => {
    const db = new MemoryTargetSystem('db');
    const { flamingock } = await booted(
      { providers: changesNamed('one', 'two') },
      memoryOptions({ targetSystems: [db] }),
    );
    const report = await flamingock.undo({ only: 'two', dryRun: true });
    expect(report.changes.map(({ id }) => id)).toEqual(['two']);
    expect(db.table.size).toBe(2);
    expect(flamingock.status).toBe('ready');
  });

  it('of an unknown id fails and leaves the process ready', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one') });
    await expect(flamingock.undo({ to: 'on' })).rejects.toThrow("did you mean 'one'?");
    expect(flamingock.status).toBe('ready');
  });

  it.each([
    [undefined, 'it was given none of them'],
    [{}, 'it was given none of them'],
    [{ dryRun: true }, 'it was given none of them'],
    [{ to: undefined }, 'it was given none of them'],
    [{ to: 'one', only: 'two' }, 'it was given to and only'],
    [{ only: 'one', all: true }, 'it was given only and all'],
    [{ all: false }, 'all can only be true'],
  ])('that does not say what in one way undoes nothing: %j', async (selection, why) => {
    const db = new MemoryTargetSystem('db');
    const { flamingock } = await booted(
      { providers: changesNamed('one', 'two') },
      memoryOptions({ targetSystems: [db] }),
    );
    const wrong = selection as unknown as Parameters<Flamingock['undo']>[0];
    await expect(flamingock.undo(wrong)).rejects.toThrow(
      `undo() takes exactly one of { to: 'id' }, { only: 'id' } and { all: true }; ${why}`,
    );
    expect(db.table.size).toBe(2);
    expect(flamingock.status).toBe('ready');
  });

  it('to a change that was rolled back is refused: nothing was applied after it', async () => {
    const db = new MemoryTargetSystem('db');
    const { flamingock } = await booted(
      { providers: changesNamed('one', 'two', 'three') },
      memoryOptions({ targetSystems: [db] }),
    );
    await flamingock.undo({ only: 'one' });
    await flamingock.undo({ only: 'three' });
    await expect(flamingock.undo({ to: 'one' })).rejects.toThrow(
      /undo\(\{ to: 'one' \}\): that change is not in effect \(ROLLED_BACK at .+\), so nothing was applied after it/,
    );
    expect(db.table.keys()).toEqual(['two']);
  });

  it('waits for a run to end', async () => {
    const { promise, resolve } = deferred();
    const { flamingock } = await booted({ providers: [changeThat(() => promise)] }, skipping());
    const run = flamingock.run();
    const undo = flamingock.undo({ all: true });
    resolve();
    expect((await run).status).toBe('succeeded');
    expect((await undo).changes.map(({ outcome }) => outcome)).toEqual(['rolled-back']);
  });
});

describe('called within a change', () => {
  it.each<[string, (flamingock: Flamingock) => Promise<unknown>]>([
    ['run()', (flamingock) => flamingock.run()],
    ['undo()', (flamingock) => flamingock.undo({ all: true })],
    ['whenReady()', (flamingock) => flamingock.whenReady()],
    ['plan({ preview: true })', (flamingock) => flamingock.plan({ preview: true })],
    ['resolve()', (flamingock) => flamingock.resolve('one', 'applied', { reason: 'because' })],
  ])('%s is an error at once, not a wait for itself', async (name, call) => {
    const caller: { flamingock?: Flamingock } = {};
    const nosy = changeThat(async () => {
      await new Promise((done) => setTimeout(done, 1));
      await call(caller.flamingock!);
    });
    const { flamingock } = await booted({ providers: [nosy] }, skipping());
    caller.flamingock = flamingock;
    const error: unknown = await flamingock.run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ChangeFailedError);
    expect((error as ChangeFailedError).cause).toBeInstanceOf(WaitsForItselfError);
    expect(String(error)).toContain(
      `flamingock.${name} was called within the change 'one' (TestChange.apply)`,
    );
  });

  it('another app may be run, and what a change leaves behind may run its own', async () => {
    const other = await booted({ providers: changesNamed('other') }, skipping());
    const left: { timer?: Promise<unknown> } = {};
    const { promise, resolve } = deferred();
    const own: { flamingock?: Flamingock } = {};
    const busy = changeThat(async () => {
      await other.flamingock.run();
      left.timer = promise.then(() => own.flamingock!.run());
    });
    own.flamingock = (await booted({ providers: [busy] }, skipping())).flamingock;
    expect((await own.flamingock.run()).status).toBe('succeeded');
    expect(other.flamingock.status).toBe('ready');
    resolve();
    expect(await left.timer).toMatchObject({ status: 'nothing-to-do' });
  });
});

describe('issues and resolve', () => {
  it('names what needs a person, takes the decision and goes on', async () => {
    const never = changeThat((_, { signal }) => untilStopped(signal), {
      targetSystem: 'broker',
      timeout: 20,
    });
    (never.prototype as { rollback: () => void }).rollback = () => {
      throw new Error('cannot be undone');
    };
    const { flamingock } = await booted(
      { providers: [never, changeThat(undefined, { id: 'two', order: '0002' })] },
      skipping(),
    );
    await expect(flamingock.run()).rejects.toThrow(ChangeFailedError);
    const [issue, ...others] = await flamingock.issues();
    expect(others).toEqual([]);
    expect(issue).toMatchObject({
      changeId: 'one',
      targetSystem: 'broker',
      state: 'ROLLBACK_FAILED',
      attempt: 1,
    });
    expect((await flamingock.plan()).status).toBe('needs-person');
    await expect(flamingock.run()).rejects.toMatchObject({ code: 'MANUAL_INTERVENTION' });

    const entry = await flamingock.resolve('one', 'applied', {
      reason: 'looked at the broker',
      actor: 'ann',
    });
    expect(entry).toMatchObject({
      state: 'MANUAL_MARKED_AS_APPLIED',
      actor: 'ann',
      reason: 'looked at the broker',
    });
    expect(await flamingock.issues()).toEqual([]);
    expect((await flamingock.run()).changes.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['one', 'already-applied'],
      ['two', 'applied'],
    ]);
  });

  it('has nothing to resolve about an applied change', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one') });
    await expect(flamingock.resolve('one', 'applied', { reason: 'because' })).rejects.toThrow(
      InvalidChangesError,
    );
  });
});

describe('history and verifyAudit', () => {
  it('streams what was recorded', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one', 'two') });
    expect(await statesOf(flamingock)).toEqual(['one STARTED', 'one APPLIED', 'two STARTED', 'two APPLIED']);
    const newest = await collect(flamingock, { changeId: 'two', direction: 'newest-first', limit: 1 });
    expect(newest.map(({ state }) => state)).toEqual(['APPLIED']);
    expect(await flamingock.verifyAudit()).toMatchObject({ intact: true, entries: 4 });
  });

  it('is empty before anything was recorded', async () => {
    const { flamingock } = await booted({ providers: changesNamed('one') }, skipping());
    expect(await collect(flamingock)).toEqual([]);
    expect(await flamingock.verifyAudit()).toMatchObject({ intact: true, entries: 0 });
  });

  it('records who and where', async () => {
    const options = memoryOptions({ actor: 'deployer', environment: 'staging', appVersion: '7.1.0' });
    const { flamingock } = await booted({ providers: changesNamed('one') }, options);
    const [entry] = await collect(flamingock);
    expect(entry).toMatchObject({
      actor: 'deployer',
      environment: 'staging',
      appVersion: '7.1.0',
      className: 'TestChange',
    });
  });
});

describe('events', () => {
  it('tell the whole course of a run', async () => {
    const busy = changeThat((_, context) => context.progress(1, 2, 'half'));
    const { flamingock } = await booted({ providers: [busy] }, skipping());
    const told = firstValueFrom(flamingock.events.pipe(take(5), toArray()));
    await flamingock.run();
    expect((await told).map(({ type }) => type)).toEqual([
      'run-started',
      'change-started',
      'change-progress',
      'change-finished',
      'run-finished',
    ] satisfies FlamingockEvent['type'][]);
  });
});

describe('two apps on one database', () => {
  it('run every change once, and both are ready', async () => {
    const database = new MemoryDatabase();
    let runs = 0;
    const slow = changeThat(async () => {
      runs++;
      await new Promise((done) => setTimeout(done, 50));
    });
    const replica = () =>
      booted(
        { providers: [slow] },
        memoryOptions({
          auditStore: new MemoryAuditStore(database),
          targetSystems: [new MemoryTargetSystem('db', database)],
          lock: { retry: '5ms' },
        }),
      );
    const apps = await Promise.all([replica(), replica(), replica()]);
    expect(runs).toBe(1);
    expect(apps.map(({ flamingock }) => flamingock.status)).toEqual(['ready', 'ready', 'ready']);
  });
});

describe('injection of the service', () => {
  it('needs no import', async () => {
    @Injectable()
    class Health {
      constructor(readonly flamingock: Flamingock) {}
    }
    @Module({ providers: [Health], exports: [Health] })
    class HealthModule {}
    const { app, flamingock } = await booted({ imports: [HealthModule] });
    expect(app.get(Health).flamingock).toBe(flamingock);
  });
});
