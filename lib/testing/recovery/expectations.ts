import assert from 'node:assert/strict';
import type { RunResult } from '../../core/engine/run-report.js';
import type { FlamingockError } from '../../core/model/errors.js';

/** Asserts the report's status and the outcome of each change. */
export function assertOutcomes(
  { report, error }: RunResult,
  status: RunResult['report']['status'],
  outcomes: Readonly<Record<string, string>>,
): void {
  const found = Object.fromEntries(report.changes.map(({ id, outcome }) => [id, outcome]));
  assert.deepEqual({ status: report.status, ...found }, { status, ...outcomes }, error?.stack);
  assert.equal(error === undefined, status === 'succeeded' || status === 'nothing-to-do');
}

/** Asserts that a run failed with an error of this class, which has each of these texts in its message and the run's report. @returns the error */
export function errorOf<E extends FlamingockError>(
  { report, error }: RunResult,
  type: new (...args: never[]) => E,
  ...texts: readonly string[]
): E {
  assert.ok(
    error instanceof type,
    `a ${type.name} was expected, but there was ${error?.stack ?? 'no error'}`,
  );
  for (const text of texts)
    assert.ok(error.message.includes(text), `'${text}' was expected in the message: ${error.message}`);
  assert.equal(error.report, report);
  return error;
}
