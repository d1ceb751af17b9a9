import { describe, expect, it } from '@jest/globals';
import {
  ChangeFailedError,
  type ChangeReport,
  type ExecutionReport,
  type FlamingockEvent,
  InvalidChangesError,
  LockLostError,
} from 'nestjs-flamingock';
import { Subject } from 'rxjs';
import { durationText, failureSummary, failureText, reportText } from '../../lib/nest/running/report-text.js';
import { logEvents } from '../../lib/nest/running/run-log.js';
import { booted } from './support/apps.js';
import { changesNamed } from './support/changes.js';
import { KeptLog } from './support/log.js';

const change = (differences: Partial<ChangeReport>): ChangeReport => ({
  id: 'one',
  stage: 'schema',
  order: '0001',
  targetSystem: 'db',
  outcome: 'applied',
  durationMs: 12,
  ...differences,
});

const report = (differences: Partial<ExecutionReport>): ExecutionReport => ({
  executionId: 'e-1',
  operation: 'apply',
  status: 'succeeded',
  startedAt: '2026-11-24T10:00:00.000Z',
  durationMs: 1234,
  changes: [],
  warnings: [],
  ...differences,
});

describe('the text of a report', () => {
  it('lists what was done and counts what was not', () => {
    const changes = [
      change({ outcome: 'already-applied', durationMs: 0 }),
      change({ id: 'two', order: '0002', note: 'its DDL had committed' }),
      change({ id: 'twenty', stage: 'data', outcome: 'reconciled', durationMs: 0 }),
      change({ id: 'x', outcome: 'skipped-by-profile', durationMs: 0 }),
    ];
    expect(reportText(report({ changes }))).toBe(
      [
        'Run succeeded: 1 already applied, 1 applied, 1 found in effect, 1 not for this profile (1.2 s, execution e-1)',
        '  applied          schema 0002  two     db  12 ms',
        '      note: its DDL had committed',
        '  found in effect  data 0001    twenty  db  0 ms',
      ].join('\n'),
    );
  });

  it('is one line when nothing was to do', () => {
    const changes = [change({ outcome: 'already-applied' })];
    expect(reportText(report({ status: 'nothing-to-do', changes }))).toBe(
      'Nothing to do: 1 already applied (1.2 s, execution e-1)',
    );
    expect(reportText(report({ status: 'nothing-to-do' }))).toContain('Nothing to do: there are no changes');
  });

  it('of a failure says what failed and why, what did not run, and what to do next', () => {
    const changes = [
      change({
        outcome: 'rolled-back',
        error: 'Error: no such column\n    at apply (one.ts:1:1)\nCaused by: 42703',
      }),
      change({ id: 'two', order: '0002', outcome: 'not-run', durationMs: 0 }),
    ];
    const error = new ChangeFailedError("Change 'one' failed", { fix: ['correct it', 'start again'] });
    error.report = report({ status: 'failed', changes, warnings: ['something else'] });
    expect(failureText(error)).toBe(
      [
        'Run failed: 1 rolled back, 1 not run (1.2 s, execution e-1)',
        '  rolled back  schema 0001  one  db  12 ms',
        '      error: Error: no such column',
        '      Caused by: 42703',
        '  not run      schema 0002  two  db',
        'warning: something else',
        '',
        "Change 'one' failed",
        'To fix:',
        '  - correct it',
        '  - start again',
      ].join('\n'),
    );
  });

  it('of a failure tells nothing twice, and what the error leaves out', () => {
    const changes = [
      change({ outcome: 'rolled-back', error: 'QueryFailedError: no such column\nCaused by: Error: 42703' }),
    ];
    const error = new ChangeFailedError("Change 'one' failed: no such column");
    error.report = report({ status: 'failed', changes });
    const text = failureText(error);
    expect(text.match(/no such column/g)).toHaveLength(1);
    expect(text).toContain('error: Caused by: Error: 42703');
  });

  it('of an error without a report is its message', () => {
    expect(failureText(new Error('no'))).toBe('no');
    expect(failureText('no')).toBe('no');
  });

  it('of a failure whose error goes elsewhere has the first line of each error', () => {
    const changes = [
      change({
        outcome: 'rolled-back',
        error: 'Error: no such column\n    at apply (one.ts:1:1)\nCaused by: 42703',
      }),
    ];
    const error = new ChangeFailedError("Change 'one' failed: no such column", { fix: ['correct it'] });
    error.report = report({ status: 'failed', changes });
    expect(failureSummary(error)).toBe(
      [
        'Run failed: 1 rolled back (1.2 s, execution e-1)',
        '  rolled back  schema 0001  one  db  12 ms',
        '      error: Error: no such column',
      ].join('\n'),
    );
    const lost = new LockLostError('The lease is gone', { fix: ['start again'] });
    lost.report = error.report;
    expect(failureSummary(lost).split('\n').slice(2)).toEqual([
      '      error: Error: no such column',
      'The lease is gone',
    ]);
    expect(failureSummary(new InvalidChangesError(['first', 'second']))).toBe(
      'There are 2 problems with the changes of this app; nothing has run',
    );
  });

  it('of an undo says so', () => {
    expect(
      reportText(report({ operation: 'undo', changes: [change({ outcome: 'rolled-back' })] })),
    ).toContain('Undo succeeded: 1 rolled back');
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [59_940, '59.9 s'],
    [59_990, '60.0 s'],
    [125_400, '2 min 5 s'],
  ])('%d ms are %s', (ms, text) => expect(durationText(ms)).toBe(text));
});

describe('the log of a run', () => {
  function logged(...events: FlamingockEvent[]): string[] {
    const lines: string[] = [];
    const into = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
    const subject = new Subject<FlamingockEvent>();
    logEvents(subject, { log: into('log'), warn: into('warn'), error: into('error'), debug: into('debug') });
    events.forEach((event) => subject.next(event));
    return lines;
  }
  const holder = {
    holder: 'e-2',
    host: 'pod-2',
    since: '10:00',
    until: '10:30',
    liveness: 'alive' as const,
  };
  const wait = (differences: object = {}): FlamingockEvent => ({
    type: 'waiting-for-lock',
    executionId: 'e-1',
    holder,
    inProgress: ['one'],
    ...differences,
  });

  it('says at once who holds the lock, until when and at what, and again only when that changes', () => {
    expect(logged(wait(), wait(), wait({ inProgress: ['two'] }), wait({ inProgress: ['two'] }))).toEqual([
      "warn: Waiting for pod-2, which holds the lock since 10:00 until 10:30 or longer (execution e-2), now at 'one'",
      "warn: Waiting for pod-2, which holds the lock since 10:00 until 10:30 or longer (execution e-2), now at 'two'",
    ]);
    expect(logged(wait({ leftOpen: 'its transaction is still open', inProgress: [] }))).toEqual([
      'warn: Waiting for what pod-2 left behind: its lease has been over since 10:30, but its transaction is still open (execution e-2)',
    ]);
    expect(logged(wait({ holder: null, inProgress: [] }))).toEqual(['warn: Waiting for the lock']);
  });

  it('follows the changes', () => {
    const executionId = 'e-1';
    expect(
      logged(
        { type: 'run-started', executionId, pending: ['one', 'two'] },
        { type: 'change-started', executionId, changeId: 'one', attempt: 2 },
        { type: 'change-progress', executionId, changeId: 'one', done: 5 },
        { type: 'change-progress', executionId, changeId: 'one', done: 6 },
        { type: 'change-progress', executionId, changeId: 'one', done: 20, total: 20, note: 'all' },
        { type: 'change-finished', executionId, change: change({}) },
        { type: 'change-finished', executionId, change: change({ id: 'two', outcome: 'rollback-failed' }) },
        { type: 'change-finished', executionId, change: change({ id: 'three', outcome: 'not-run' }) },
        { type: 'change-finished', executionId, change: change({ outcome: 'rolled-back', error: 'boom' }) },
        { type: 'change-finished', executionId, change: change({ id: 'undone', outcome: 'rolled-back' }) },
      ),
    ).toEqual([
      'log: 2 pending: one, two',
      "log: 'one' starts, attempt 2",
      "log: 'one' 5",
      "log: 'one' 20 of 20: all",
      "log: 'one' applied (12 ms)",
      "error: 'two' ROLLBACK FAILED (12 ms)",
      "error: 'one' rolled back (12 ms)",
      "log: 'undone' rolled back (12 ms)",
    ]);
  });
});

describe('an undo by hand', () => {
  it('is logged as what it is, with its report', async () => {
    const log = new KeptLog();
    const { app, flamingock } = await booted({ providers: changesNamed('one', 'two') }, undefined, log);
    await flamingock.undo({ all: true });
    await app.close();
    expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
    expect(log.with('Undo succeeded: 2 rolled back')).toHaveLength(1);
  });
});
