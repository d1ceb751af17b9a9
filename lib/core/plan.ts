import type { AuditEntry, ExecutionStrategy } from './audit-entry.js';
import type { ChangeDefinition } from './change.js';
import { decide, type Decision, type Finding } from './decide.js';
import type { ChangePreview } from './previewed-operation.js';

export type PlanDecision = 'apply' | 'skip' | 'reconcile' | 'needs-person' | 'skip-by-profile';

/** What a run would do with one change, and why. */
export interface PlannedChange {
  readonly id: string;
  readonly stage: string;
  readonly order: string;
  readonly targetSystem: string;
  readonly decision: PlanDecision;
  readonly strategy: ExecutionStrategy;
  readonly reason: string;
  /** What it would do: of changes with the decision `apply`, when a preview was asked for. */
  readonly preview?: ChangePreview;
}

/** What a run would do, change by change, in order. */
export interface Plan {
  readonly status: 'nothing-to-do' | 'pending' | 'needs-person';
  readonly changes: readonly PlannedChange[];
  /** Out-of-order and unknown changes. */
  readonly warnings: readonly string[];
}

/** A change with what was decided about it. */
export interface Step extends Decision {
  readonly change: ChangeDefinition;
  readonly strategy: ExecutionStrategy;
  readonly latest: AuditEntry | undefined;
}

/** What the audit store and the target systems said. */
export interface Situation {
  readonly latest: ReadonlyMap<string, AuditEntry>;
  readonly findings: ReadonlyMap<string, Finding>;
  readonly strategies: ReadonlyMap<string, ExecutionStrategy>;
  readonly activeProfiles: readonly string[];
}

/** Decides about every change. The changes are in order already. Pure. */
export function planSteps(changes: readonly ChangeDefinition[], situation: Situation): Step[] {
  return changes.map((change) => {
    const latest = situation.latest.get(change.id);
    const strategy = situation.strategies.get(change.id) ?? 'plain';
    return { change, strategy, latest, ...decideByProfile(change, latest, situation) };
  });
}

function decideByProfile(
  change: ChangeDefinition,
  latest: AuditEntry | undefined,
  situation: Situation,
): Decision {
  const excluded = excludedByProfile(change.profiles, situation.activeProfiles);
  if (excluded) return { decision: 'skip-by-profile', reason: excluded };
  return decide(change, latest, situation.findings.get(change.id));
}

/** Why the active profiles exclude a change with these profiles; undefined when they do not. */
export function excludedByProfile(
  profiles: readonly string[],
  active: readonly string[],
): string | undefined {
  const forbidden = profiles.find((name) => name.startsWith('!') && active.includes(name.slice(1)));
  if (forbidden) return `its profile '${forbidden}' excludes it`;
  const wanted = profiles.filter((name) => !name.startsWith('!'));
  if (!wanted.length || wanted.some((name) => active.includes(name))) return undefined;
  return `none of its profiles is active: ${wanted.join(', ')}`;
}

/** True when a run has something to do, or to refuse, about this step. */
export function isPending({ decision }: Pick<Step, 'decision'>): boolean {
  return decision === 'apply' || decision === 'reconcile' || decision === 'needs-person';
}

/** The steps as operators see them. */
export function toPlan(
  steps: readonly Step[],
  warnings: readonly string[],
  previews: ReadonlyMap<string, ChangePreview> = new Map(),
): Plan {
  const first = steps.find(isPending)?.decision;
  return {
    status:
      first === undefined
        ? 'nothing-to-do'
        : steps.some(({ decision }) => decision === 'needs-person')
          ? 'needs-person'
          : 'pending',
    changes: steps.map((step) => toPlanned(step, previews.get(step.change.id))),
    warnings,
  };
}

function toPlanned(
  { change: { id, stage, order, targetSystem }, decision, strategy, reason }: Step,
  preview: ChangePreview | undefined,
): PlannedChange {
  return { id, stage, order, targetSystem, decision, strategy, reason, ...(preview && { preview }) };
}
