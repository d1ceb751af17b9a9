import { isPending, type Step } from '../../model/plan.js';
import type { EngineSettings, RunRequest } from '../../model/settings.js';
import type { Execution } from '../execute/execution.js';
import { UNDO } from '../execute/operation.js';
import { needsPerson } from '../failure.js';
import { plan, type PlannedState } from '../plan.js';
import { withoutPolicies } from '../policies.js';
import { readState } from '../read-state.js';
import { openReport, type RunEnd, type RunResult, untouched } from '../run-report.js';
import { settle } from '../settle.js';
import { runSteps, type StepsResult } from '../steps.js';
import { underLease } from '../with-lease.js';
import { selectForUndo, type UndoSelection } from './undo-selection.js';

/** What to undo. */
export type UndoOptions = UndoSelection & {
  /** Only report what would be rolled back; takes no lock and writes nothing. @default false */
  readonly dryRun?: boolean;
};

/**
 * Rolls applied changes back, newest first, after it has settled what an earlier crash left undecided.
 * Never throws: what failed is in the result.
 */
export async function undo(
  settings: EngineSettings,
  request: RunRequest,
  options: UndoOptions,
): Promise<RunResult> {
  const close = openReport(settings, request, 'undo');
  const tolerant = withoutPolicies(settings);
  try {
    const first = plan(tolerant, await readState(tolerant));
    const selected = selectForUndo(tolerant, first, options);
    if (options.dryRun) return close({ changes: untouched(selected, 'would be rolled back') });
    return close(await undoSelected(tolerant, request, first, options));
  } catch (error) {
    return close({ failure: { error } });
  }
}

async function undoSelected(
  settings: EngineSettings,
  request: RunRequest,
  first: PlannedState,
  options: UndoOptions,
): Promise<RunEnd> {
  const leased = await underLease(settings, request, first, {
    operation: UNDO,
    isIdle: (seen) => !seen.steps.some(isUnsettled) && selectForUndo(settings, seen, options).length === 0,
    touches: (step) => isPending(step) || step.latest !== undefined,
    work: async (execution, seen) => ({ result: await settleThenUndo(execution, seen, options) }),
  });
  if ('idle' in leased) return { status: 'nothing-to-do', changes: untouched(leased.idle.steps) };
  return leased.result;
}

/** True for a change that a crash left undecided: only its settlement tells whether there is something to undo. */
function isUnsettled({ decision, record }: Step): boolean {
  return decision === 'reconcile' || decision === 'needs-person' || record !== undefined;
}

async function settleThenUndo(
  execution: Execution,
  seen: PlannedState,
  options: UndoOptions,
): Promise<StepsResult> {
  const unsettled = seen.steps.filter(isUnsettled);
  for (const step of unsettled) {
    const settled = await settle(execution, step, seen.findings.get(step.change.id) ?? {});
    if (settled.decision === 'needs-person') throw needsPerson(settled);
  }
  const now = unsettled.length ? plan(execution.settings, await readState(execution.settings)) : seen;
  return runSteps(execution, selectForUndo(execution.settings, now, options), now.findings);
}
