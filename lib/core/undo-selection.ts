import type { AuditEntry } from './audit-entry.js';
import { InvalidChangesError } from './errors.js';
import { nearNames } from './near-names.js';
import type { Step } from './plan.js';
import type { EngineSettings } from './settings.js';
import type { Survey } from './survey.js';

/** Which applied changes to undo: with neither option, all of them. */
export interface UndoSelection {
  /** Undo what was applied after this change; it stays applied itself. */
  readonly to?: string;
  /** Undo this change alone. */
  readonly only?: string;
}

/**
 * The applied changes that the selection names, newest first, as steps to undo.
 *
 * @throws InvalidChangesError naming everything that stands in the way
 */
export function selectForUndo(
  settings: Pick<EngineSettings, 'changes'>,
  seen: Survey,
  selection: UndoSelection,
): Step[] {
  const applied = [...seen.latest.values()].filter(isApplied).sort((a, b) => b.seq - a.seq);
  refuse(faultsOfSelection(seen, selection));
  const bound = selection.to === undefined ? 0 : (seen.latest.get(selection.to)?.seq ?? 0);
  const wanted = applied.filter(({ seq, changeId }) =>
    selection.only === undefined ? seq > bound : changeId === selection.only,
  );
  refuse(wanted.flatMap((entry) => faultsOfUndo(settings, entry)));
  return wanted.flatMap((latest) =>
    seen.steps.filter(({ change }) => change.id === latest.changeId).map(toUndo),
  );
}

/** True when the entry says that its change is in effect. */
function isApplied({ state }: AuditEntry): boolean {
  return state === 'APPLIED' || state === 'MANUAL_MARKED_AS_APPLIED';
}

function toUndo(step: Step): Step {
  return { ...step, decision: 'apply', reason: 'undo was asked for', record: undefined, askVerify: false };
}

function faultsOfSelection({ latest }: Survey, { to, only }: UndoSelection): string[] {
  const both = to !== undefined && only !== undefined ? ['undo takes either to or only, not both'] : [];
  return [
    ...both,
    ...(['to', 'only'] as const).flatMap((name) => faultOfId(name, { to, only }[name], latest)),
  ];
}

function faultOfId(name: string, id: string | undefined, latest: Survey['latest']): string[] {
  if (id === undefined || latest.has(id)) return [];
  const near = nearNames(id, latest.keys());
  const hint = near.length ? `; did you mean ${near.map((text) => `'${text}'`).join(' or ')}?` : '';
  return [`undo({ ${name}: '${id}' }): the audit knows no such change${hint}`];
}

function faultsOfUndo(
  { changes }: Pick<EngineSettings, 'changes'>,
  { changeId, className }: AuditEntry,
): string[] {
  const change = changes.find(({ id }) => id === changeId);
  if (!change)
    return [`change '${changeId}' (${className}) is to be undone, but the code lacks it; bring it back`];
  return change.rollback
    ? []
    : [`change '${changeId}' (${className}) is to be undone, but has no @Rollback; write one`];
}

function refuse(problems: readonly string[]): void {
  if (problems.length) throw new InvalidChangesError(problems);
}
