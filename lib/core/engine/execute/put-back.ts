import { isRefused } from '../audit-writer.js';
import { withAttempt } from './attempt.js';
import type { Execution, Task, TaskResult } from './execution.js';
import { entryOf, recordUnlessRefused, subjectOf } from './record.js';
import { explained, guardAfter, inTurn, RunStopped, type Thrown } from './thrown.js';

/** A failure after which `@Rollback` is called. */
export interface ToPutBack {
  readonly failure: Thrown;
  /** True when FAILED is recorded. */
  readonly isRecorded: boolean;
  readonly note: string | undefined;
}

/** Calls `@Rollback` and records how that ended. */
export async function putBack(
  execution: Execution,
  task: Task,
  { failure: first, isRecorded, note }: ToPutBack,
): Promise<TaskResult> {
  const begun = execution.settings.clock.monotonic();
  const second = await rollBack(execution, task, first);
  const failure = second ? inTurn(first, second, ROLLBACK_FAILED) : first;
  guardAfter(execution.lease, failure);
  const durationMs = execution.settings.clock.monotonic() - begun;
  const state = second ? 'ROLLBACK_FAILED' : 'ROLLED_BACK';
  const entry = entryOf(execution, task, { state, durationMs, failure: isRecorded ? second : failure });
  const refusal = await recordUnlessRefused(execution, entry, failure);
  const result = { startedNext: false, failure: refusal ? inTurn(failure, refusal) : failure, note };
  if (second) return { ...result, outcome: 'rollback-failed' };
  if (!refusal) return { ...result, outcome: 'rolled-back' };
  // The next run sees a failed attempt: the audit does not know about the rollback.
  return { ...result, outcome: 'failed', note: note ? `${note}; ${NOT_ON_RECORD}` : NOT_ON_RECORD };
}

const ROLLBACK_FAILED = '@Rollback failed: ';
const NOT_ON_RECORD = '@Rollback put it back, but that is not on record';

/**
 * Runs `@Rollback` with a signal that a requested stop does not fire: the rollback is what the stop leads to.
 *
 * @returns what `@Rollback` threw; undefined when it succeeded
 */
async function rollBack(execution: Execution, task: Task, first: Thrown): Promise<Thrown | undefined> {
  const { rollback } = task.step.change;
  if (!rollback) return undefined;
  const unstopped = { ...execution, request: { ...execution.request, stop: new AbortController().signal } };
  try {
    await withAttempt(unstopped, subjectOf(task), (attempt) =>
      task.target.connect(attempt.scope, (clients) => attempt.call(rollback, clients)),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof RunStopped)) return explained(task.target, error);
    throw new RunStopped(inTurn(first, error.first, ROLLBACK_FAILED), error.ending);
  }
}

/**
 * The change took effect but the store *refused* to record it, so `@Rollback` reverts it.
 * A store that did not answer may have recorded it; the next run decides then.
 */
export async function revertUnrecorded(
  execution: Execution,
  task: Task,
  error: unknown,
): Promise<TaskResult> {
  if (!isRefused(error) || execution.operation.name === 'undo' || !task.step.change.rollback) throw error;
  const first: Thrown = { error };
  const second = await rollBack(execution, task, first);
  const failure = second ? inTurn(first, second, ROLLBACK_FAILED) : first;
  const state = second ? 'ROLLBACK_FAILED' : 'ROLLED_BACK';
  const entry = entryOf(execution, task, { state, failure: second ?? first });
  const refusal = await recordUnlessRefused(execution, entry, failure);
  const note = second ? undefined : 'its record was refused, so @Rollback put it back';
  return {
    outcome: second ? 'rollback-failed' : 'rolled-back',
    startedNext: false,
    failure: refusal ? inTurn(failure, refusal) : failure,
    note,
  };
}
