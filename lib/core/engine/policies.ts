import type { AuditEntry } from '../model/audit-entry.js';
import type { ChangeDefinition } from '../model/change.js';
import { InvalidChangesError } from '../model/errors.js';
import { isPending, type Step } from '../model/plan.js';
import type { EngineSettings } from '../model/settings.js';

/** The same settings without policies, for what a person does: no policy refuses or warns. */
export function withoutPolicies(settings: EngineSettings): EngineSettings {
  return { ...settings, outOfOrder: 'run', unknownChanges: 'ignore' };
}

/** The policies, and what they depend on. */
export type Policies = Pick<EngineSettings, 'outOfOrder' | 'unknownChanges' | 'changes' | 'identity'>;

/**
 * Checks for pending changes ordered before applied ones, for changes that the code lacks, and for what
 * the audit says of a change differently from today's code.
 *
 * @returns warnings
 * @throws InvalidChangesError when a policy is `'fail'`, or another app has a change of its own under the same id
 */
export function applyPolicies(
  steps: readonly Step[],
  latest: ReadonlyMap<string, AuditEntry>,
  { changes, identity, ...policies }: Policies,
): string[] {
  const foreign = foreignTexts(steps, identity.app);
  if (foreign.length) throw new InvalidChangesError(foreign);
  const outOfOrder = policies.outOfOrder === 'run' ? [] : outOfOrderTexts(steps);
  const unknown = policies.unknownChanges === 'ignore' ? [] : unknownTexts(changes, steps, latest);
  const faults = [
    ...(policies.outOfOrder === 'fail' ? outOfOrder : []),
    ...(policies.unknownChanges === 'fail' ? unknown : []),
  ];
  if (faults.length) throw new InvalidChangesError(faults);
  return [...outOfOrder, ...unknown, ...redefinedTexts(steps)];
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
  steps: readonly Step[],
  latest: ReadonlyMap<string, AuditEntry>,
): string[] {
  const known = new Set(changes.map(({ id }) => id));
  const fresh = new Map(
    steps.filter((step) => !step.latest).map(({ change }) => [definitionKey(change), change.id]),
  );
  return [...latest.values()]
    .filter(({ changeId }) => !known.has(changeId))
    .map((entry) => {
      const { changeId, state, at, className } = entry;
      const successor = fresh.get(definitionKey(entry));
      const renamed =
        successor === undefined
          ? ''
          : `; '${successor}' has its class, stage, order and target system: renamed? Keep the id '${changeId}', or '${successor}' runs as a change of its own`;
      return `the audit names change '${changeId}' (${className}, ${state} at ${at}), which the code lacks${renamed}`;
    });
}

/** What identifies a change beside its id. */
type Definition = Pick<ChangeDefinition, 'stage' | 'order' | 'targetSystem' | 'className'>;

function definitionKey({ stage, order, targetSystem, className }: Definition): string {
  return JSON.stringify([stage, order, targetSystem, className]);
}

/** Imported entries also carry the definition of the time they were written. */
function differences(now: Definition, then: Definition): string[] {
  const fields = {
    stage: 'stage',
    order: 'order',
    targetSystem: 'target system',
    className: 'class',
  } as const;
  return (Object.keys(fields) as (keyof typeof fields)[])
    .filter((field) => now[field] !== then[field])
    .map((field) => `${fields[field]} '${then[field]}' (now '${now[field]}')`);
}

function foreignTexts(steps: readonly Step[], app: string | null): string[] {
  return steps.flatMap(({ change, latest }) => {
    if (!latest?.app || !app || latest.app === app) return [];
    const differing = differences(change, latest);
    if (!differing.length) return [];
    return [
      `change '${change.id}' (${change.className} in ${change.origin}): the app '${latest.app}' has recorded a change of its own under this id, with ${differing.join(', ')}; give each app a namespace of its own in its audit store, or this change another id`,
    ];
  });
}

function redefinedTexts(steps: readonly Step[]): string[] {
  return steps.flatMap(({ change, latest, decision }) => {
    const differing = latest && decision === 'skip' ? differences(change, latest) : [];
    if (!differing.length) return [];
    return [
      `change '${change.id}' (${change.className}) was applied at ${latest?.at} with ${differing.join(', ')}; it does not run again`,
    ];
  });
}
