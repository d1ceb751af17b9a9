import type {
  AuditEntryDraft,
  AuditOperation,
  AuditState,
  ExecutionStrategy,
} from '../../model/audit-entry.js';
import type { ChangeDefinition, ChangeMethod } from '../../model/change.js';
import type { Step } from '../../model/plan.js';
import type { EngineSettings, RunRequest } from '../../model/settings.js';
import { cutText } from '../../text/printable.js';
import { isRefused } from '../audit-writer.js';
import type { AttemptSubject } from './attempt.js';
import type { Execution, Task } from './execution.js';
import { stoppedBy, fullFailureText, type Thrown } from './thrown.js';

/** What a draft says beside the change it is about. */
export interface DraftDetails {
  readonly state: AuditState;
  readonly attempt: number;
  readonly durationMs?: number;
  readonly failure?: Thrown;
  readonly reason?: string;
  /** Who decided, when it was not the app itself. */
  readonly actor?: string;
}

/** Where a draft comes from. */
export interface DraftSource {
  readonly settings: Pick<EngineSettings, 'clock' | 'identity'>;
  readonly request: Pick<RunRequest, 'executionId'>;
  readonly operation: { readonly name: AuditOperation };
}

/** The facts about a change that its entries repeat. */
export type Described = Pick<
  ChangeDefinition,
  | 'id'
  | 'stage'
  | 'order'
  | 'author'
  | 'targetSystem'
  | 'recovery'
  | 'className'
  | 'description'
  | 'ticket'
  | 'metadata'
> & { readonly apply: Pick<ChangeMethod, 'name'>; readonly rollback?: Pick<ChangeMethod, 'name'> };

/** What a draft is about. */
export interface DraftSubject {
  readonly change: Described;
  readonly strategy: ExecutionStrategy;
}

/** The audit entry of a step, without its place in the chain. */
export function draft(
  { settings, request, operation }: DraftSource,
  { change, strategy }: DraftSubject,
  details: DraftDetails,
): AuditEntryDraft {
  const { identity, clock } = settings;
  return {
    executionId: request.executionId,
    changeId: change.id,
    stage: change.stage,
    order: change.order,
    author: change.author,
    targetSystem: change.targetSystem,
    state: details.state,
    operation: operation.name,
    strategy,
    recovery: change.recovery,
    attempt: details.attempt,
    at: new Date(clock.now()).toISOString(),
    durationMs: Math.round(details.durationMs ?? 0),
    host: identity.host,
    actor: details.actor ?? identity.actor,
    environment: identity.environment,
    appVersion: identity.appVersion,
    app: identity.app,
    className: change.className,
    method: (operation.name === 'undo' ? change.rollback : change.apply)?.name ?? change.apply.name,
    description: change.description && cutText(change.description),
    ticket: change.ticket && cutText(change.ticket),
    metadata: change.metadata,
    error: details.failure ? fullFailureText(details.failure) : null,
    reason: details.reason === undefined ? null : cutText(details.reason),
  };
}

/** The number of the attempt that a STARTED entry of this step would open. */
export function nextAttempt({ latest }: Pick<Step, 'latest'>): number {
  return (latest?.attempt ?? 0) + 1;
}

/** STARTED of this attempt, unless it was written ahead. */
export async function recordStart(execution: Execution, task: Task): Promise<void> {
  if (task.startedAhead) return;
  await execution.auditWriter.append([
    draft(execution, task.step, { state: 'STARTED', attempt: task.attempt }),
  ]);
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
  { auditWriter }: Execution,
  entry: AuditEntryDraft,
  failure: Thrown,
): Promise<Thrown | undefined> {
  try {
    await auditWriter.append([entry]);
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
