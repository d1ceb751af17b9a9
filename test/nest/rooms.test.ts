import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readIdentity } from '../../lib/nest/options/identity.js';
import { Readiness } from '../../lib/nest/running/readiness.js';
import { RunQueue } from '../../lib/nest/running/run-queue.js';
import { systemClock } from '../../lib/nest/system-clock.js';

/** The small rooms that the others stand on. */

describe('the system clock', () => {
  it('tells wall time, and time that never jumps', async () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
    const before = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(18);
    const chance = systemClock.random();
    expect(chance >= 0 && chance < 1).toBe(true);
  });

  it('wakes up when the signal fires, and does not fall asleep when it has', async () => {
    const controller = new AbortController();
    const before = systemClock.monotonic();
    const asleep = systemClock.sleep(10_000, controller.signal);
    controller.abort();
    await asleep;
    await systemClock.sleep(10_000, controller.signal);
    expect(systemClock.monotonic() - before).toBeLessThan(1_000);
  });

  it('sleeps many times under one signal without leaving listeners behind', async () => {
    const controller = new AbortController();
    const warnings: unknown[] = [];
    const note = (warning: Error) => warnings.push(warning.name);
    process.on('warning', note);
    for (let i = 0; i < 20; i++) await systemClock.sleep(0, controller.signal);
    await systemClock.sleep(5);
    process.off('warning', note);
    expect(warnings).not.toContain('MaxListenersExceededWarning');
  });
});

describe('the identity', () => {
  const home = process.cwd();
  const nodeEnv = process.env['NODE_ENV'];
  afterEach(() => {
    process.chdir(home);
    process.env['NODE_ENV'] = nodeEnv;
  });

  it('is found out', () => {
    const { name, version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Record<
      string,
      string
    >;
    expect(readIdentity({})).toEqual({
      host: hostname(),
      actor: userInfo().username,
      environment: process.env['NODE_ENV'],
      appVersion: version,
      app: name,
    });
  });

  it('gives way to what the app says', () => {
    expect(readIdentity({ actor: 'ci', environment: 'prod', appVersion: '2' })).toMatchObject({
      actor: 'ci',
      environment: 'prod',
      appVersion: '2',
    });
  });

  it('does without', () => {
    delete process.env['NODE_ENV'];
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'flamingock-')));
    writeFileSync(join(directory, 'package.json'), 'not json');
    process.chdir(directory);
    expect(readIdentity({})).toMatchObject({ environment: null, appVersion: null });
  });
});

describe('readiness', () => {
  it('lets everybody go when ready, also those who come later', async () => {
    const readiness = new Readiness();
    const waiting = [readiness.whenReady(), readiness.whenReady()];
    readiness.running();
    readiness.ready();
    await Promise.all([...waiting, readiness.whenReady()]);
    expect(readiness.status).toBe('ready');
  });

  it('rejects with the error, and waits again when another run begins', async () => {
    const readiness = new Readiness();
    const waiting = readiness.whenReady();
    readiness.failed(new Error('no'));
    await expect(waiting).rejects.toThrow('no');
    await expect(readiness.whenReady()).rejects.toThrow('no');
    readiness.running();
    const again = readiness.whenReady();
    readiness.ready();
    await again;
  });
});

describe('the run queue', () => {
  const queue = () => new RunQueue({ stopOnSignals: false, onSignal: () => undefined });

  it('does one thing after the other, also after a failure, each under an id of its own', async () => {
    const order: string[] = [];
    const runs = queue();
    const first = runs.enqueue(async ({ executionId }) => {
      await new Promise((done) => setTimeout(done, 20));
      order.push('first');
      throw new Error(executionId);
    });
    const second = runs.enqueue(async ({ executionId }) => {
      order.push('second');
      return executionId;
    });
    const { message } = await first.then(
      () => new Error('it did not fail'),
      (error: Error) => error,
    );
    expect(await second).not.toBe(message);
    expect(order).toEqual(['first', 'second']);
  });

  it('stops what runs and what follows when it closes, and waits for it', async () => {
    const runs = queue();
    const seen: boolean[] = [];
    void runs.enqueue(async ({ stop }) => {
      await systemClock.sleep(10_000, stop);
      seen.push(stop.aborted);
    });
    void runs.enqueue(async ({ stop }) => void seen.push(stop.aborted));
    await new Promise((done) => setTimeout(done, 5));
    await runs.close('over');
    expect(seen).toEqual([true, true]);
  });
});
