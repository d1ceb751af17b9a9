import type { AuditEntry } from './audit-entry.js';
import type { ChangeDefinition } from './change.js';
import { InvalidChangesError } from './errors.js';
import { isPending, type Step } from './plan.js';
import type { EngineSettings } from './settings.js';

type Policies = Pick<EngineSettings, 'outOfOrder' | 'unknownChanges'>;

/**
 * What the policies say about pending changes that stand before applied ones, and about changes the code lacks.
 *
 * @returns warnings
 * @throws InvalidChangesError when a policy is `'fail'`
 */
export function applyPolicies(
  steps: readonly Step[],
  latest: ReadonlyMap<string, AuditEntry>,
  changes: readonly ChangeDefinition[],
  policies: Policies,
): string[] {
  const outOfOrder = policies.outOfOrder === 'run' ? [] : outOfOrderTexts(steps);
  const unknown = policies.unknownChanges === 'ignore' ? [] : unknownTexts(changes, latest);
  const faults = [
    ...(policies.outOfOrder === 'fail' ? outOfOrder : []),
    ...(policies.unknownChanges === 'fail' ? unknown : []),
  ];
  if (faults.length) throw new InvalidChangesError(faults);
  return [...outOfOrder, ...unknown];
}

function outOfOrderTexts(steps: readonly Step[]): string[] {
  const lastApplied = steps.findLastIndex(({ decision }) => decision === 'skip');
  const applied = steps[lastApplied]?.change;
  return steps
    .slice(0, Math.max(0, lastApplied))
    .filter(isPending)
    .map(
      ({ change }) =>
        `change '${change.id}' (${change.stage} ${change.order}) is pending although '${applied?.id}' (${applied?.stage} ${applied?.order}), which stands behind it, is applied`,
    );
}

function unknownTexts(
  changes: readonly ChangeDefinition[],
  latest: ReadonlyMap<string, AuditEntry>,
): string[] {
  const known = new Set(changes.map(({ id }) => id));
  return [...latest.values()]
    .filter(({ changeId }) => !known.has(changeId))
    .map(
      ({ changeId, state, at, className }) =>
        `the audit names change '${changeId}' (${className}, ${state} at ${at}), which the code lacks`,
    );
}
