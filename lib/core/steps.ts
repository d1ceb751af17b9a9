import { errorText, publicText } from './error-text.js';
import { FlamingockError } from './errors.js';
import { execute } from './execute/execute.js';
import type { Execution, Task, TaskResult } from './execute/execution.js';
import { draft } from './execute/draft.js';
import { nextAttempt } from './execute/record.js';
import { failureOf, interruptedBefore, needsPerson } from './failure.js';
import { isPending, type Step } from './plan.js';
import type { ChangeOutcome, ChangeReport } from './report.js';
import { settle } from './settle.js';
import type { Finding } from './decide.js';

/** What became of the steps of a run. */
export interface StepsResult {
  readonly changes: readonly ChangeReport[];
  readonly error?: FlamingockError;
}

/** Takes the steps in order until one of them stops the run; every step gets its line in the report. */
export async function runSteps(
  execution: Execution,
  steps: readonly Step[],
  findings: ReadonlyMap<string, Finding>,
): Promise<StepsResult> {
  const changes: ChangeReport[] = [];
  let error: FlamingockError | undefined;
  let startedAhead = false;
  for (const [index, step] of steps.entries()) {
    if (error || !isPending(step)) {
      changes.push(
        reportOf(step, error && isPending(step) ? 'not-run' : (OUTCOME_OF_SKIP[step.decision] ?? 'not-run')),
      );
      continue;
    }
    const begun = execution.settings.clock.monotonic();
    const result = await runStep(execution, step, {
      finding: findings.get(step.change.id) ?? {},
      startedAhead,
      next: nextToStart(steps, index),
    });
    error = result.runError;
    startedAhead = result.startedNext;
    const change = reportOf(step, result.outcome, execution.settings.clock.monotonic() - begun, result);
    execution.settings.emit({ type: 'change-finished', executionId: execution.request.executionId, change });
    changes.push(change);
  }
  return { changes, error };
}

const OUTCOME_OF_SKIP: Partial<Record<Step['decision'], ChangeOutcome>> = {
  skip: 'already-applied',
  'skip-by-profile': 'skipped-by-profile',
};

interface StepSurroundings {
  readonly finding: Finding;
  readonly startedAhead: boolean;
  readonly next: Step | undefined;
}

type StepResult = TaskResult & { readonly runError?: FlamingockError };

async function runStep(
  execution: Execution,
  step: Step,
  { finding, startedAhead, next }: StepSurroundings,
): Promise<StepResult> {
  const { stop } = execution.request;
  try {
    if (stop.aborted) return await notBegun(execution, step, startedAhead);
    const settled = await settle(execution, step, finding);
    if (settled.decision === 'needs-person')
      return {
        outcome: 'needs-person',
        startedNext: false,
        runError: needsPerson(settled),
        error: settled.reason,
      };
    if (settled.decision === 'reconcile')
      return { outcome: 'reconciled', startedNext: false, note: settled.reason };
    const result = await executeStep(execution, settled, startedAhead, next);
    if (result.error !== undefined) return { ...result, runError: failureOf(step, result, stop.aborted) };
    // The attempt that left a marker behind is settled now; a failed one may have left a marker that still counts.
    if (finding.marker && step.latest) execution.leftovers.add(step.latest.targetSystem, [step.change.id]);
    return result;
  } catch (error) {
    const result = { outcome: 'failed' as const, startedNext: false, error };
    return {
      ...result,
      runError: error instanceof FlamingockError ? error : failureOf(step, result, stop.aborted),
    };
  }
}

async function executeStep(
  execution: Execution,
  step: Step,
  startedAhead: boolean,
  next: Step | undefined,
): Promise<TaskResult> {
  const { settings, request } = execution;
  const target = settings.targets.get(step.change.targetSystem);
  if (!target) throw new Error(`target system '${step.change.targetSystem}' is not configured`);
  const task: Task = { step, target, attempt: nextAttempt(step), startedAhead, next };
  settings.emit({
    type: 'change-started',
    executionId: request.executionId,
    changeId: step.change.id,
    attempt: task.attempt,
  });
  return execute(execution, task);
}

/** A stop was asked for: a STARTED that was written ahead is taken back. */
async function notBegun(execution: Execution, step: Step, startedAhead: boolean): Promise<StepResult> {
  if (startedAhead)
    await execution.journal.append([
      draft(execution, step, {
        state: execution.operation.reverted,
        attempt: nextAttempt(step),
        reason: 'not begun',
      }),
    ]);
  return { outcome: 'not-run', startedNext: false, runError: interruptedBefore(step) };
}

/** The step whose STARTED may be written with the end of this one: the next pending one, if nothing about it is open. */
function nextToStart(steps: readonly Step[], index: number): Step | undefined {
  let at = index + 1;
  // No slice: with one for each step, the time would grow with the square of their number.
  while (at < steps.length && !isPending(steps[at]!)) at++;
  const next = steps[at];
  return next?.decision === 'apply' && !next.record ? next : undefined;
}

function reportOf(
  { change }: Step,
  outcome: ChangeOutcome,
  durationMs = 0,
  { error, note }: Pick<TaskResult, 'error' | 'note'> = {},
): ChangeReport {
  const { id, stage, order, targetSystem } = change;
  return {
    id,
    stage,
    order,
    targetSystem,
    outcome,
    durationMs: Math.round(durationMs),
    ...(error !== undefined && { error: typeof error === 'string' ? publicText(error) : errorText(error) }),
    ...(note !== undefined && { note }),
  };
}
