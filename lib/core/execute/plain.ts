import { isRefused } from '../journal.js';
import { problemOf } from '../told-stack.js';
import { act } from './act.js';
import { withAttempt } from './attempt.js';
import type { Execution, Task, TaskResult } from './execution.js';
import { endDrafts, entryOf, recordStart, subjectOf } from './record.js';

/** Runs a change that no transaction protects: STARTED, act, end; or FAILED and, when there is a `@Rollback`, that. */
export async function executePlain(execution: Execution, task: Task): Promise<TaskResult> {
  await recordStart(execution, task);
  const begun = execution.settings.clock.monotonic();
  const elapsed = (): number => execution.settings.clock.monotonic() - begun;
  try {
    await withAttempt(execution, subjectOf(task), (attempt) =>
      task.target.connect(attempt.scope, (clients) => act(execution, task, attempt, clients)),
    );
  } catch (error) {
    return failPlain(execution, task, error, elapsed());
  }
  const end = endDrafts(execution, task, elapsed());
  try {
    await execution.journal.append(end);
  } catch (error) {
    return revertUnrecorded(execution, task, error);
  }
  return {
    outcome: execution.operation.name === 'undo' ? 'rolled-back' : 'applied',
    startedNext: end.length > 1,
  };
}

/** Records the failure, then tries to put things back. An undo that failed has nothing to put back. */
export async function failPlain(
  execution: Execution,
  task: Task,
  error: unknown,
  durationMs: number,
  note?: string,
): Promise<TaskResult> {
  execution.lease.guard();
  await execution.journal.append([entryOf(execution, task, { state: 'FAILED', durationMs, error })]);
  const failed = { startedNext: false, error, note };
  if (execution.operation.name === 'undo') return { ...failed, outcome: 'rollback-failed' };
  if (!task.step.change.rollback) return { ...failed, outcome: 'failed' };
  const begun = execution.settings.clock.monotonic();
  const elapsed = (): number => execution.settings.clock.monotonic() - begun;
  const second = await rollBack(execution, task);
  execution.lease.guard();
  const state = second ? 'ROLLBACK_FAILED' : 'ROLLED_BACK';
  await execution.journal.append([
    entryOf(execution, task, { state, durationMs: elapsed(), error: second?.error }),
  ]);
  if (!second) return { ...failed, outcome: 'rolled-back' };
  return { ...failed, outcome: 'rollback-failed', error: both(error, second.error) };
}

/**
 * A stop that was asked for is what the rollback answers to: its own signal does not carry it, or nothing could be put back.
 *
 * @returns what `@Rollback` threw; undefined when it succeeded
 */
async function rollBack(execution: Execution, task: Task): Promise<{ readonly error: unknown } | undefined> {
  const { rollback } = task.step.change;
  if (!rollback) return undefined;
  const unstopped = { ...execution, request: { ...execution.request, stop: new AbortController().signal } };
  try {
    await withAttempt(unstopped, subjectOf(task), (attempt) =>
      task.target.connect(attempt.scope, (clients) => attempt.call(rollback, clients)),
    );
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** Both errors in one, the first as its cause. */
function both(first: unknown, second: unknown): AggregateError {
  const text = `${problemOf(first)}; then @Rollback failed: ${problemOf(second)}`;
  return new AggregateError([first, second], text, { cause: first });
}

/**
 * The change took effect but the store *refused* to say so: put it back, since nobody would know.
 * A store that was silent may have recorded it; then the next run decides.
 */
async function revertUnrecorded(execution: Execution, task: Task, error: unknown): Promise<TaskResult> {
  if (!isRefused(error) || execution.operation.name === 'undo' || !task.step.change.rollback) throw error;
  const second = await rollBack(execution, task);
  const entry = entryOf(execution, task, {
    state: second ? 'ROLLBACK_FAILED' : 'ROLLED_BACK',
    error: second?.error ?? error,
  });
  await execution.journal.append([entry]).catch(() => undefined);
  const note = second ? undefined : 'its record was refused, so @Rollback put it back';
  return {
    outcome: second ? 'rollback-failed' : 'rolled-back',
    startedNext: false,
    error: second ? both(error, second.error) : error,
    note,
  };
}
