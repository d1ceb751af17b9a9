import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';
import { Flamingock, InterruptedError } from 'nestjs-flamingock';
import { MemoryAuditStore } from 'nestjs-flamingock/memory';
import { booted, memoryOptions } from './support/apps.js';
import { changeThat, deferred, untilStopped } from './support/changes.js';
import { Child, type ChildEnd } from './support/child.js';

// Each test starts a process; a busy machine takes its time.
jest.setTimeout(60_000);

/** Boots the app in a process, sends the signals once its slow change has begun, and waits for its end. */
async function stopped(environment: Record<string, string>, ...signals: NodeJS.Signals[]): Promise<ChildEnd> {
  const child = new Child('stopping-app.ts', environment);
  await child.until(environment['LOSES'] ? 'entry lost' : 'slow change begins');
  for (const signal of signals) {
    child.send(signal);
    await new Promise((done) => setTimeout(done, environment['ECHO'] ? 30 : 400));
  }
  return child.end();
}

describe('a signal during a run', () => {
  it('H01, H03: a change that does not heed it is awaited, no other starts, the lock is free, the process ends by it', async () => {
    const { signal, output } = await stopped({}, 'SIGTERM');
    expect(output).toContain('SIGTERM: stopping at the next safe point');
    expect(output).toContain('slow change ends');
    expect(output).toContain('entry two APPLIED');
    expect(output).not.toContain('entry three APPLIED');
    expect(output).toContain('run interrupted');
    expect(output).toContain('error INTERRUPTED');
    expect(output).toContain('lock free');
    expect(output).not.toContain('still alive');
    expect(signal).toBe('SIGTERM');
  });

  it('H02: a change that heeds it is rolled back and recorded', async () => {
    const { signal, output } = await stopped({ HEEDS: '1' }, 'SIGINT');
    expect(output).not.toContain('slow change ends');
    expect(output).toMatch(/entry two FAILED[^]*entry two ROLLED_BACK/);
    expect(output).toContain('error INTERRUPTED');
    expect(output).toContain('lock free');
    expect(signal).toBe('SIGINT');
  });

  it("goes together with Nest's shutdown hooks: connections close after the run", async () => {
    const { signal, output } = await stopped({ HOOKS: '1', HEEDS: '1' }, 'SIGTERM');
    expect(output).toMatch(/run interrupted[^]*connection closed/);
    expect(output).toContain('lock free');
    expect(signal).toBe('SIGTERM');
  });

  it('stops a run in the background too', async () => {
    const { signal, output } = await stopped({ MODE: 'background', HOOKS: '1', HEEDS: '1' }, 'SIGTERM');
    expect(output).toMatch(/booted[^]*run interrupted[^]*connection closed/);
    expect(signal).toBe('SIGTERM');
  });

  it('is left to others who listen, even once', async () => {
    const { code, signal, output } = await stopped({ LISTENER: '1', HEEDS: '1' }, 'SIGTERM');
    expect(output).toMatch(/run interrupted[^]*the other listener is done[^]*still alive/);
    expect([code, signal]).toEqual([0, null]);
  });

  it.each<[string, Record<string, string>]>([
    ['without hooks', {}],
    ["beside Nest's shutdown hooks, in an HTTP app", { HOOKS: '1' }],
    [
      "beside Nest's shutdown hooks, in an app without HTTP",
      { HOOKS: '1', CONTEXT: '1', MODE: 'background' },
    ],
    ['beside another listener', { LISTENER: '1' }],
    ['while an entry that is never written is tried again', { HOOKS: '1', LOSES: '1' }],
  ])('sent a second time is not waited for: %s', async (_, environment) => {
    const { signal, output } = await stopped(environment, 'SIGTERM', 'SIGTERM');
    expect(output).toContain('SIGTERM: stopping at the next safe point');
    expect(output).not.toMatch(/run (interrupted|failed)|connection closed|lock free|still alive/);
    expect(signal).toBe('SIGTERM');
  });

  it('is one signal where npm passes on what the terminal has sent already', async () => {
    const { signal, output } = await stopped({ ECHO: '1' }, 'SIGINT', 'SIGINT');
    expect(output).toMatch(/slow change ends[^]*lock free/);
    expect(signal).toBe('SIGINT');
  });

  it('stops what waits for the run, too', async () => {
    const { signal, output } = await stopped({ UNDO: '1' }, 'SIGTERM');
    expect(output).not.toMatch(/^undone/m);
    expect(output).not.toContain('still alive');
    expect(signal).toBe('SIGTERM');
  });

  it('ends the process at once where stopOnSignals is false', async () => {
    const { signal, output } = await stopped({ SIGNALS: 'no' }, 'SIGTERM');
    expect(output).not.toContain('slow change ends');
    expect(signal).toBe('SIGTERM');
  });

  it('is not touched when nothing runs', async () => {
    const child = new Child('stopping-app.ts', {});
    await child.until('lock free');
    child.send('SIGTERM');
    const { signal, output } = await child.end();
    expect(output).not.toContain('stopping at the next safe point');
    expect(signal).toBe('SIGTERM');
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('SIGTERM');
    let during = 0;
    const { flamingock } = await booted({
      providers: [changeThat(() => (during = process.listenerCount('SIGTERM')))],
    });
    expect(flamingock.status).toBe('ready');
    expect(during).toBe(before + 1);
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});

describe('H04: app.close() during a run in the background', () => {
  @Injectable()
  class Connection implements OnApplicationShutdown {
    isOpen = true;

    onApplicationShutdown(): void {
      this.isOpen = false;
    }
  }

  async function closed(work: (signal: AbortSignal) => Promise<unknown>) {
    const auditStore = new MemoryAuditStore();
    const begun = deferred();
    const wasOpen: boolean[] = [];
    const slow = changeThat(async (_, { signal }) => {
      begun.resolve();
      await work(signal).finally(() => wasOpen.push(app.get(Connection).isOpen));
    });
    const providers = [Connection, slow, changeThat(undefined, { id: 'two', order: '0002' })];
    const { app, flamingock } = await booted(
      { providers },
      memoryOptions({ auditStore, onBootstrap: 'background' }),
    );
    await begun.promise;
    const ready: Promise<unknown> = flamingock.whenReady().catch((error: unknown) => error);
    await app.close();
    const entries: string[] = [];
    for await (const { changeId, state } of auditStore.history()) entries.push(`${changeId} ${state}`);
    return { app, entries, wasOpen, error: await ready, holder: (await auditStore.snapshot()).holder };
  }

  it('rolls back a change that heeds its signal, before connections close', async () => {
    const { entries, wasOpen, error, holder } = await closed((signal) => untilStopped(signal));
    expect(entries.filter((entry) => entry.startsWith('one'))).toEqual([
      'one STARTED',
      'one FAILED',
      'one ROLLED_BACK',
    ]);
    expect(entries).not.toContain('two APPLIED');
    expect(wasOpen).toEqual([true]);
    expect(error).toBeInstanceOf(InterruptedError);
    expect(holder).toBeNull();
  });

  it('awaits one that does not', async () => {
    const { entries, wasOpen, error, holder } = await closed(
      () => new Promise((done) => setTimeout(done, 100)),
    );
    expect(entries).toContain('one APPLIED');
    expect(entries).not.toContain('two APPLIED');
    expect(wasOpen).toEqual([true]);
    expect(error).toBeInstanceOf(InterruptedError);
    expect(holder).toBeNull();
  });

  it('starts nothing afterwards', async () => {
    const { app } = await closed((signal) => untilStopped(signal));
    await expect(app.get(Flamingock).run()).rejects.toThrow(InterruptedError);
  });
});
