import type { ChangeDefinition } from '../model/change.js';
import { FlamingockError, InterruptedError, TargetSystemError } from '../model/errors.js';
import { isPending, type Step } from '../model/plan.js';
import type { ChangeOutcome, ChangeReport, ExecutionReport } from '../model/report.js';
import type { EngineSettings, RunRequest } from '../model/settings.js';
import { messageOf } from '../text/error-text.js';
import type { Thrown } from './execute/thrown.js';

/** The result of a call of the engine: always a report, and an error when it failed. */
export interface RunResult {
  readonly report: ExecutionReport;
  readonly error?: FlamingockError;
}

/** What is known when a run ends. */
export interface RunEnd {
  readonly status?: ExecutionReport['status'];
  readonly changes?: readonly ChangeReport[];
  readonly warnings?: readonly string[];
  /** Present exactly when it failed. */
  readonly failure?: Thrown;
}

/** Starts the time of a run; the function it returns makes the result, and gives the error its report. */
export function openReport(
  { clock, emit }: EngineSettings,
  { executionId }: RunRequest,
  operation: ExecutionReport['operation'],
): (end: RunEnd) => RunResult {
  const startedAt = new Date(clock.now()).toISOString();
  const begun = clock.monotonic();
  return ({ status, changes = [], warnings = [], failure: thrown }) => {
    const failure = thrown && toFlamingockError(thrown.error);
    const report: ExecutionReport = {
      executionId,
      operation,
      status: failure
        ? failure instanceof InterruptedError
          ? 'interrupted'
          : 'failed'
        : (status ?? 'succeeded'),
      startedAt,
      durationMs: Math.round(clock.monotonic() - begun),
      changes,
      warnings,
    };
    if (failure) failure.report = report;
    emit({ type: 'run-finished', report });
    return { report, error: failure };
  };
}

/** The report's lines of steps that nothing was done about. */
export function untouched(steps: readonly Step[], note?: string): ChangeReport[] {
  return steps.map((step) => {
    const outcome = isPending(step)
      ? 'not-run'
      : step.decision === 'skip'
        ? 'already-applied'
        : 'skipped-by-profile';
    return { ...lineOf(step.change, outcome), ...(note !== undefined && { note }) };
  });
}

/** The report's line of a change that took no time. */
export function lineOf(
  { id, stage, order, targetSystem }: ChangeDefinition,
  outcome: ChangeOutcome,
): ChangeReport {
  return { id, stage, order, targetSystem, outcome, durationMs: 0 };
}

function toFlamingockError(error: unknown): FlamingockError {
  if (error instanceof FlamingockError) return error;
  return new TargetSystemError(`The run failed outside of any change: ${messageOf(error)}`, { cause: error });
}
