import type { AuditEntryDraft, AuditOperation, AuditState, ExecutionStrategy } from '../audit-entry.js';
import type { ChangeDefinition, ChangeMethod } from '../change.js';
import { cutText } from '../longest-text.js';
import type { EngineSettings, RunRequest } from '../settings.js';
import { tellInFull, type Thrown } from './thrown.js';

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
    error: details.failure ? tellInFull(details.failure) : null,
    reason: details.reason === undefined ? null : cutText(details.reason),
  };
}
