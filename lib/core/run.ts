import { APPLY } from './execute/operation.js';
import { isPending } from './plan.js';
import { openReport, untouched, type RunEnd, type RunResult } from './run-report.js';
import type { EngineSettings, RunRequest } from './settings.js';
import { runSteps } from './steps.js';
import { survey, type Survey } from './survey.js';
import { underLease } from './under-lease.js';

/**
 * Applies every pending change, in order, once: read, plan, lease, read and plan again, execute, report.
 * With nothing to do it is one read of the audit store. Never throws: what failed is in the result.
 */
export async function run(settings: EngineSettings, request: RunRequest): Promise<RunResult> {
  const close = openReport(settings, request, 'apply');
  let seen: Survey | undefined;
  try {
    seen = await survey(settings);
    return close(await applyPending(settings, request, seen));
  } catch (error) {
    return close({ changes: untouched(seen?.steps ?? []), warnings: seen?.warnings, failure: { error } });
  }
}

async function applyPending(settings: EngineSettings, request: RunRequest, first: Survey): Promise<RunEnd> {
  const isIdle = ({ steps }: Survey): boolean => !steps.some(isPending);
  if (!isIdle(first)) {
    const pending = first.steps.filter(isPending).map(({ change }) => change.id);
    settings.emit({ type: 'run-started', executionId: request.executionId, pending });
  }
  const leased = await underLease(settings, request, first, {
    operation: APPLY,
    isIdle,
    work: async (execution, { steps, findings, warnings }) => ({
      ...(await runSteps(execution, steps, findings)),
      warnings,
    }),
  });
  if ('result' in leased) return leased.result;
  return { status: 'nothing-to-do', changes: untouched(leased.idle.steps), warnings: leased.idle.warnings };
}
