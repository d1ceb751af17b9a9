import type { AuditEntry } from '../../model/audit-entry.js';
import type { ChangeDefinition } from '../../model/change.js';
import { InvalidChangesError } from '../../model/errors.js';
import type { Step } from '../../model/plan.js';
import type { EngineSettings } from '../../model/settings.js';
import { nearNames } from '../../text/near-names.js';
import type { PlannedState } from '../plan.js';

/** Which applied changes to undo: exactly one of the three. */
export type UndoSelection = UndoTo | UndoOnly | UndoAll;

/** Undo what was applied after a change. */
export interface UndoTo {
  /** Id of an applied change, which stays applied. */
  readonly to: string;
  readonly only?: undefined;
  readonly all?: undefined;
}

/** Undo one change. */
export interface UndoOnly {
  readonly to?: undefined;
  /** Id of the change. */
  readonly only: string;
  readonly all?: undefined;
}

/** Undo everything. */
export interface UndoAll {
  readonly to?: undefined;
  readonly only?: undefined;
  readonly all: true;
}

/**
 * The applied changes that the selection names, newest first, as steps to undo.
 *
 * @throws InvalidChangesError naming everything that stands in the way
 */
export function selectForUndo(
  settings: Pick<EngineSettings, 'changes'>,
  seen: PlannedState,
  selection: UndoSelection,
): Step[] {
  refuse(faultsOfSelection(selection));
  refuse(faultsOfIds(seen, selection));
  const applied = [...seen.latest.values()].filter(isApplied).sort((a, b) => b.seq - a.seq);
  const bound = selection.to === undefined ? 0 : (seen.latest.get(selection.to)?.seq ?? 0);
  const wanted = applied.filter(({ seq, changeId }) =>
    selection.only === undefined ? seq > bound : changeId === selection.only,
  );
  const changes = new Map(settings.changes.map((change) => [change.id, change]));
  refuse(wanted.flatMap((entry) => faultsOfUndo(changes.get(entry.changeId), entry)));
  const steps = new Map(seen.steps.map((step) => [step.change.id, step]));
  return wanted.flatMap(({ changeId }) => steps.get(changeId) ?? []).map(toUndo);
}

/** True when the entry says that its change is in effect. */
function isApplied({ state }: AuditEntry): boolean {
  return state === 'APPLIED' || state === 'MANUAL_MARKED_AS_APPLIED';
}

function toUndo(step: Step): Step {
  return { ...step, decision: 'apply', reason: 'undo was asked for', record: undefined, askVerify: false };
}

/** JavaScript callers may pass anything, and only `{ all: true }` may undo everything. */
function faultsOfSelection(
  selection: Readonly<Partial<Record<'to' | 'only' | 'all', unknown>>> | undefined,
): string[] {
  const { to, only, all } = selection ?? {};
  const given = [
    ...(to === undefined ? [] : ['to']),
    ...(only === undefined ? [] : ['only']),
    ...(all === undefined ? [] : ['all']),
  ];
  if (given.length === 1 && (all === undefined || all === true)) return [];
  const found = given.length ? `it was given ${given.join(' and ')}` : 'it was given none of them';
  return [
    `undo() takes exactly one of { to: 'id' }, { only: 'id' } and { all: true }; ${all === false ? 'all can only be true' : found}`,
  ];
}

function faultsOfIds({ latest, steps }: PlannedState, { to, only }: UndoSelection): string[] {
  const id = to ?? only;
  if (id === undefined) return [];
  const call = `undo({ ${to === undefined ? 'only' : 'to'}: '${id}' })`;
  const entry = latest.get(id);
  if (!entry) return [`${call}: the audit knows no such change${nearIds(id, latest)}`];
  // What a crash left undecided is settled first; then it is asked again.
  const mayBeInEffect =
    isApplied(entry) || steps.some(({ change, decision }) => change.id === id && decision === 'reconcile');
  if (to === undefined || mayBeInEffect) return [];
  return [
    `${call}: that change is not in effect (${entry.state} at ${entry.at}), so nothing was applied after it; name one that is applied`,
  ];
}

function nearIds(id: string, latest: PlannedState['latest']): string {
  const near = nearNames(id, latest.keys());
  return near.length ? `; did you mean ${near.map((text) => `'${text}'`).join(' or ')}?` : '';
}

function faultsOfUndo(change: ChangeDefinition | undefined, { changeId, className }: AuditEntry): string[] {
  if (!change)
    return [`change '${changeId}' (${className}) is to be undone, but the code lacks it; bring it back`];
  return change.rollback
    ? []
    : [`change '${changeId}' (${className}) is to be undone, but has no @Rollback; write one`];
}

function refuse(problems: readonly string[]): void {
  if (problems.length) throw new InvalidChangesError(problems);
}
