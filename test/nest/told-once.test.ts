import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { type ExecutionReport, TargetSystemError } from 'nestjs-flamingock';
import { failureOf } from '../../lib/core/engine/failure.js';
import type { Step } from '../../lib/core/model/plan.js';
import { booted, memoryOptions } from './support/apps.js';
import { changeThat } from './support/changes.js';
import { Child } from './support/child.js';
import { KeptLog } from './support/log.js';

describe('a boot that fails, in a process of its own', () => {
  /** Everything that a terminal shows, without what Nest says of its modules. */
  async function shown(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const { code, output } = await new Child('failing-app.ts', { NO_COLOR: '1', ...environment }).end();
    expect(code).toBe(1);
    return output.split('\n').filter((line) => line && !line.includes('InstanceLoader'));
  }

  function counts(lines: readonly string[], text: string): number {
    return lines.filter((line) => line.includes(text)).length;
  }

  it('tells each thing once: a line of the error in the log, everything where the error is printed', async () => {
    const lines = await shown({ FAILS: 'statement' });
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(counts(lines, 'To fix:')).toBe(1);
    expect(counts(lines, 'error: QueryFailedError: SqliteError: no such column: nickname')).toBe(1);
    expect(counts(lines, "ChangeFailedError: Change 'name-users'")).toBe(1);
    expect(counts(lines, 'no such column')).toBe(2);
  }, 60_000);

  it("shows the app's own code and the causes, nothing of the engine", async () => {
    const lines = await shown({ FAILS: 'code' });
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(counts(lines, 'cannot name')).toBe(2);
    expect(lines.join('\n')).toMatch(
      /correct what the error names.*\n {4}at NameUsers\.apply \(\S+failing-app\.js:\d+:\d+\).*\nCaused by: Error: no names left/,
    );
    expect(counts(lines, '/core/')).toBe(0);
  }, 60_000);

  it('is all in the log where nobody is given the error', async () => {
    const log = new KeptLog();
    const failing = changeThat(() => {
      throw new Error('cannot name');
    });
    const options = memoryOptions({ onBootstrap: 'background' });
    const { app, flamingock } = await booted({ providers: [failing] }, options, log);
    await expect(flamingock.whenReady()).rejects.toThrow('cannot name');
    await app.close();
    const text = log.lines.join('\n');
    expect(text.match(/To fix:/g)).toHaveLength(1);
    expect(text.match(/cannot name/g)).toHaveLength(1);
    expect(text).toMatch(/next run tries the change again\n {4}at .*told-once\.test\.ts/);
  });
});

describe('an error of this library', () => {
  it('does not tell what to do twice when it is told by another one, and keeps it for programs', () => {
    const inner = new TargetSystemError('no answer', {
      fix: ['switch it on'],
      cause: new Error('ECONNREFUSED'),
    });
    const step = { change: { id: 'one', className: 'One', targetSystem: 'api' } } as Step;
    const error = failureOf(
      step,
      { failure: { error: inner }, outcome: 'failed', startedNext: false },
      false,
    );
    expect(error.message.match(/To fix:/g)).toHaveLength(1);
    expect(error.message).toContain('failed: no answer\nTo fix:\n  - switch it on\n  - correct what');
    expect(error.fix[0]).toBe('switch it on');
    expect([error.cause, inner.cause]).toEqual([inner, new Error('ECONNREFUSED')]);
    expect(error.stack?.match(/ECONNREFUSED/g)).toHaveLength(1);
    error.report = { executionId: 'e-1' } as ExecutionReport;
    const printed = inspect(error);
    expect(printed.match(/switch it on/g)).toHaveLength(1);
    expect(printed).not.toContain('executionId');
  });

  it('is made whatever its cause does to whoever looks at it', () => {
    const cause = new Proxy(new Error('x'), {
      get: () => {
        throw new Error('do not look');
      },
    });
    expect(new TargetSystemError('told', { cause }).message).toBe('told');
  });
});
