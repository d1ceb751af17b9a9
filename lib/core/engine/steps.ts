import { FlamingockError, LockLostError } from '../model/errors.js';
import { isPending, type Step, type Finding } from '../model/plan.js';
import type { ChangeOutcome, ChangeReport } from '../model/report.js';
import { isTransactional } from '../model/strategy.js';
import type { TargetSystem } from '../model/target-system.js';
import { publicText } from '../text/error-text.js';
import { execute } from './execute/execute.js';
import type { Execution, Task, TaskResult } from './execute/execution.js';
import { draft, nextAttempt } from './execute/record.js';
import { inTurn, RunStopped, fullFailureText } from './execute/thrown.js';
import { untilAnswered } from './execute/until-answered.js';
import { failureOf, interruptedBefore, needsPerson } from './failure.js';
import { settle } from './settle.js';

/** The result of a run's steps. */
export interface StepsResult {
  readonly changes: readonly ChangeReport[];
  /** Present exactly when a step failed. */
  readonly failure?: { readonly error: FlamingockError };
}

/** Takes the steps in order until one of them stops the run; every step gets its line in the report. */
export async function runSteps(
  execution: Execution,
  steps: readonly Step[],
  findings: ReadonlyMap<string, Finding>,
): Promise<StepsResult> {
  const changes: ChangeReport[] = [];
  let failure: StepsResult['failure'];
  let startedAhead = false;
  for (const [index, step] of steps.entries()) {
    if (failure || !isPending(step)) {
      changes.push(
        reportOf(
          step,
          failure && isPending(step) ? 'not-run' : (OUTCOME_OF_SKIP[step.decision] ?? 'not-run'),
        ),
      );
      continue;
    }
    const begun = execution.settings.clock.monotonic();
    const result = await runStep(execution, step, {
      finding: findings.get(step.change.id) ?? {},
      startedAhead,
      next: nextToStart(execution, steps, index),
    });
    failure = result.runError && { error: result.runError };
    startedAhead = result.startedNext;
    const change = reportOf(step, result.outcome, execution.settings.clock.monotonic() - begun, result);
    execution.settings.emit({ type: 'change-finished', executionId: execution.request.executionId, change });
    changes.push(change);
  }
  return { changes, failure };
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

type StepResult = TaskResult & {
  readonly runError?: FlamingockError;
  /** Why it needs a person. */
  readonly need?: string;
};

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
        need: settled.reason,
      };
    if (settled.decision === 'reconcile')
      return { outcome: 'reconciled', startedNext: false, note: settled.reason };
    const result = noting(settled, await executeStep(execution, settled, startedAhead, next));
    // The attempt that left a marker is settled now. After a failure the marker may still count.
    if (finding.marker && step.latest && isSettled(result))
      execution.settledMarkers.add(step.latest.targetSystem, [step.change.id]);
    const { failure } = result;
    return failure ? { ...result, runError: failureOf(step, { ...result, failure }, stop.aborted) } : result;
  } catch (error) {
    return endedBy(step, error, stop.aborted);
  }
}

function isSettled({ outcome }: TaskResult): boolean {
  return outcome === 'applied' || outcome === 'rolled-back';
}

/** The run ends here. The error names the change's own failure first. */
function endedBy(step: Step, error: unknown, stopped: boolean): StepResult {
  const [ending, failure] =
    error instanceof RunStopped
      ? [error.ending, inTurn(error.first, { error: error.ending })]
      : [error, { error }];
  const result = { outcome: 'failed' as const, startedNext: false, failure };
  const isOwn =
    error instanceof RunStopped ? ending instanceof LockLostError : ending instanceof FlamingockError;
  return { ...result, runError: isOwn ? (ending as FlamingockError) : failureOf(step, result, stopped) };
}

/** Adds that `@Verify` failed, also when another rule decided. */
function noting({ verifyError }: Step, result: TaskResult): TaskResult {
  if (verifyError === undefined) return result;
  const note = `@Verify was asked before and failed: ${verifyError}`;
  return { ...result, note: result.note === undefined ? note : `${result.note}; ${note}` };
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
  const isOpen = step.leavesOpen === true;
  const task: Task = { step, target, attempt: nextAttempt(step), startedAhead, next, isOpen };
  await forgetSettled(execution, step, target);
  settings.emit({
    type: 'change-started',
    executionId: request.executionId,
    changeId: step.change.id,
    attempt: task.attempt,
  });
  return execute(execution, task);
}

/** A stop was requested: takes back the STARTED entry that was written ahead. */
async function notBegun(execution: Execution, step: Step, startedAhead: boolean): Promise<StepResult> {
  if (startedAhead)
    await execution.auditWriter.append([
      draft(execution, step, {
        state: execution.operation.reverted,
        attempt: nextAttempt(step),
        reason: 'not begun',
      }),
    ]);
  return { outcome: 'not-run', startedNext: false, runError: interruptedBefore(step) };
}

/** The step whose STARTED may be written with the end of this one: the next pending one, if nothing about it is open. */
function nextToStart({ settledMarkers }: Execution, steps: readonly Step[], index: number): Step | undefined {
  let at = index + 1;
  // A slice for each step would make this quadratic in the number of steps.
  while (at < steps.length && !isPending(steps[at]!)) at++;
  const next = steps[at];
  if (next?.decision !== 'apply' || next.record || next.leavesOpen) return undefined;
  return settledMarkers.of(next.change.targetSystem).includes(next.change.id) ? undefined : next;
}

function reportOf(
  { change }: Step,
  outcome: ChangeOutcome,
  durationMs = 0,
  { failure, need, note }: Pick<StepResult, 'failure' | 'need' | 'note'> = {},
): ChangeReport {
  const { id, stage, order, targetSystem } = change;
  const error = failure ? fullFailureText(failure) : need && publicText(need);
  return {
    id,
    stage,
    order,
    targetSystem,
    outcome,
    durationMs: Math.round(durationMs),
    ...(error !== undefined && { error }),
    ...(note !== undefined && { note }),
  };
}

/**
 * Removes what a settled attempt of the change left where transactions can be broken open: from STARTED on, it would be
 * taken for something that nothing has settled.
 *
 * @throws LockLostError, or what the target system says
 */
export async function forgetSettled(
  execution: Execution,
  { change }: Step,
  target: TargetSystem,
): Promise<void> {
  const { chain, auditWriter, lease, settledMarkers } = execution;
  if (!isTransactional(target) || !target.commitsImplicitly) return;
  if (!settledMarkers.of(target.id).includes(change.id)) return;
  const markers = target.markers(chain);
  await untilAnswered(execution, () => markers.remove([change.id], lease.fence.token, auditWriter.head));
  settledMarkers.removed(target.id, [change.id]);
}
