import type { AuditEntryDraft } from '../audit-entry.js';
import { isRefused } from '../journal.js';
import type { AttemptSubject } from './attempt.js';
import { draft, type DraftDetails } from './draft.js';
import type { Execution, Task } from './execution.js';
import type { Step } from '../plan.js';
import { stoppedBy, type Thrown } from './thrown.js';

/** The number of the attempt that a STARTED entry of this step would open. */
export function nextAttempt({ latest }: Pick<Step, 'latest'>): number {
  return (latest?.attempt ?? 0) + 1;
}

/** STARTED of this attempt, unless it was written ahead. */
export async function recordStart(execution: Execution, task: Task): Promise<void> {
  if (task.startedAhead) return;
  await execution.journal.append([draft(execution, task.step, { state: 'STARTED', attempt: task.attempt })]);
}

/** The end of this attempt and, unless a stop was asked for, STARTED of the next step: one write. */
export function endDrafts(execution: Execution, task: Task, durationMs: number): AuditEntryDraft[] {
  const end = entryOf(execution, task, { state: execution.operation.done, durationMs });
  const { next } = task;
  if (!next || execution.request.stop.aborted) return [end];
  return [end, draft(execution, next, { state: 'STARTED', attempt: nextAttempt(next) })];
}

/** An entry of this attempt. */
export function entryOf(
  execution: Execution,
  task: Task,
  details: Omit<DraftDetails, 'attempt'>,
): AuditEntryDraft {
  return draft(execution, task.step, { ...details, attempt: task.attempt });
}

/**
 * Records what a failure led to.
 *
 * @returns the refusal of a store that said no, so that the rest can still be done; undefined when it is recorded
 * @throws RunStopped when nobody knows whether it is recorded, or the lease is lost
 */
export async function recordUnlessRefused(
  { journal }: Execution,
  entry: AuditEntryDraft,
  failure: Thrown,
): Promise<Thrown | undefined> {
  try {
    await journal.append([entry]);
    return undefined;
  } catch (error) {
    if (isRefused(error)) return { error };
    throw stoppedBy(failure, error);
  }
}

/** Which attempt of which change a task is. */
export function subjectOf({ step, attempt }: Task): AttemptSubject {
  return { change: step.change, attempt };
}
