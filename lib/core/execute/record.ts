import type { AuditEntryDraft } from '../audit-entry.js';
import type { AttemptSubject } from './attempt.js';
import { draft, type DraftDetails } from './draft.js';
import type { Execution, Task } from './execution.js';
import type { Step } from '../plan.js';

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

/** Which attempt of which change a task is. */
export function subjectOf({ step, attempt }: Task): AttemptSubject {
  return { change: step.change, attempt };
}
