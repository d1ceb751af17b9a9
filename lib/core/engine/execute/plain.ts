import { act } from './act.js';
import { withAttempt } from './attempt.js';
import type { Execution, Task, TaskResult } from './execution.js';
import { putBack, revertUnrecorded } from './put-back.js';
import { endDrafts, entryOf, recordStart, recordUnlessRefused, subjectOf } from './record.js';
import { explained, guardAfter, inTurn, RunStopped, type Thrown } from './thrown.js';

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
    return failPlain(execution, task, explained(task.target, error), elapsed());
  }
  const end = endDrafts(execution, task, elapsed());
  try {
    await execution.auditWriter.append(end);
  } catch (error) {
    return revertUnrecorded(execution, task, error);
  }
  return {
    outcome: execution.operation.name === 'undo' ? 'rolled-back' : 'applied',
    startedNext: end.length > 1,
  };
}

/**
 * Records the failure, then tries to put things back. An undo that failed has nothing to put back, nor has an attempt
 * that found there already what it was to make.
 */
export async function failPlain(
  execution: Execution,
  task: Task,
  thrown: Thrown,
  durationMs: number,
  note?: string,
): Promise<TaskResult> {
  if (thrown.error instanceof RunStopped) throw thrown.error;
  guardAfter(execution.lease, thrown);
  const entry = entryOf(execution, task, { state: 'FAILED', durationMs, failure: thrown });
  const refusal = await recordUnlessRefused(execution, entry, thrown);
  const failure = refusal ? inTurn(thrown, refusal) : thrown;
  const failed = { startedNext: false, failure, note };
  if (execution.operation.name === 'undo') return { ...failed, outcome: 'rollback-failed' };
  if (thrown.explanation?.alreadyExists)
    return { ...failed, outcome: 'failed', note: note ? `${note}; ${ALREADY_THERE}` : ALREADY_THERE };
  if (!task.step.change.rollback) return { ...failed, outcome: 'failed' };
  return putBack(execution, task, { ...failed, isRecorded: !refusal });
}

/** What a report says about an attempt that found there what it was to make. */
const ALREADY_THERE =
  'it exists already, so this attempt has not made it and @Rollback was not called: it would remove what somebody else made. Was a history to import forgotten (importHistory)?';
