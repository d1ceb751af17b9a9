import type { ChangeDefinition } from '../model/change.js';
import { type Decision, isPending, type Plan, type PlannedChange, type Step } from '../model/plan.js';
import type { ChangePreview } from '../model/recipe.js';
import type { EngineSettings } from '../model/settings.js';
import { strategyOf } from '../model/strategy.js';
import { decide } from './decide.js';
import { applyPolicies, type Policies } from './policies.js';
import type { State } from './read-state.js';

/** What the decisions depend on, beside what was read. */
export type PlanSettings = Policies & Pick<EngineSettings, 'targets' | 'store' | 'activeProfiles'>;

/** The state that was read, with what was decided about every change. */
export interface PlannedState extends State {
  readonly steps: readonly Step[];
  /** Out-of-order, unknown and redefined changes. */
  readonly warnings: readonly string[];
}

/**
 * Decides about every change, then applies the policies. The changes are in order already. Pure.
 *
 * @throws InvalidChangesError when a policy is `'fail'`, or another app has a change of its own under the same id
 */
export function plan(settings: PlanSettings, state: State): PlannedState {
  const steps = settings.changes.map((change) => planChange(settings, state, change));
  return { ...state, steps, warnings: applyPolicies(steps, state.latest, settings) };
}

function planChange(
  { targets, store, activeProfiles }: PlanSettings,
  { latest, findings }: State,
  change: ChangeDefinition,
): Step {
  const strategy = strategyOf(change, targets.get(change.targetSystem), store);
  const entry = latest.get(change.id);
  const excluded = excludedByProfile(change.profiles, activeProfiles);
  const decision: Decision = excluded
    ? { decision: 'skip-by-profile', reason: excluded }
    : decide(change, entry, findings.get(change.id));
  return withDecision({ change, strategy, latest: entry }, decision);
}

/**
 * The step with what was decided. No transaction settles what an attempt without one may have left: while such an attempt is
 * unsettled, the change runs without a transaction, too.
 */
export function withDecision(
  { change, strategy, latest }: Pick<Step, 'change' | 'strategy' | 'latest'>,
  decision: Decision,
): Step {
  const runsAsBefore = decision.leavesOpen && latest?.strategy === 'plain';
  return { change, strategy: runsAsBefore ? 'plain' : strategy, latest, ...decision };
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
