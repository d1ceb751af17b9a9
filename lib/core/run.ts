import type { Settled } from './audit-store.js';
import { APPLY } from './execute/operation.js';
import { importHistory } from './import-history.js';
import { inTime } from './in-time.js';
import { excludedByProfile, isPending } from './plan.js';
import { lineOf, openReport, untouched, type RunEnd, type RunResult } from './run-report.js';
import type { EngineSettings, RunRequest } from './settings.js';
import { digestOf, isSettled, settledWith } from './settled.js';
import { runSteps } from './steps.js';
import { readSummary, survey, type Survey } from './survey.js';
import { underLease } from './under-lease.js';

/**
 * Applies every pending change, in order, once: read, plan, lease, read and plan again, execute, report.
 * With nothing to do it is one small read of the audit store. Never throws: what failed is in the result.
 */
export async function run(settings: EngineSettings, request: RunRequest): Promise<RunResult> {
  const close = openReport(settings, request, 'apply');
  let seen: Survey | undefined;
  try {
    if (await hasNothingToDo(settings)) return close(asBefore(settings));
    for (const { source, rules } of settings.imports) {
      const report = await importHistory(settings, request, source, rules);
      settings.emit({ type: 'history-imported', report });
    }
    seen = await survey(settings);
    return close(await applyPending(settings, request, seen));
  } catch (error) {
    return close({ changes: untouched(seen?.steps ?? []), warnings: seen?.warnings, failure: { error } });
  }
}

/** True when an earlier run settled just these definitions and nothing was recorded since: one small read. @throws as `survey` */
export async function hasNothingToDo(settings: EngineSettings): Promise<boolean> {
  return isSettled(await readSummary(settings), digestOf(settings));
}

function asBefore({ changes, activeProfiles }: EngineSettings): RunEnd {
  const lines = changes.map((change) =>
    lineOf(
      change,
      excludedByProfile(change.profiles, activeProfiles) ? 'skipped-by-profile' : 'already-applied',
    ),
  );
  return { status: 'nothing-to-do', changes: lines };
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
    work: async (execution, { snapshot, steps, findings, warnings }) => {
      const result = { ...(await runSteps(execution, steps, findings)), warnings };
      const isDone = !result.failure && !warnings.length;
      const settled = isDone
        ? settledWith(snapshot.settled, execution.journal.head, digestOf(settings))
        : undefined;
      return { result, settled };
    },
  });
  if ('result' in leased) return leased.result;
  await recordSettled(settings, leased.idle);
  return { status: 'nothing-to-do', changes: untouched(leased.idle.steps), warnings: leased.idle.warnings };
}

/** The next run has less to read; a store that cannot be written to now is no failure of this one. */
async function recordSettled(settings: EngineSettings, { snapshot, warnings }: Survey): Promise<void> {
  const { ready, holder, head } = snapshot;
  if (!ready || holder || warnings.length) return;
  const digest = digestOf(settings);
  if (isSettled(snapshot, digest)) return;
  const settled: Settled = settledWith(snapshot.settled, head, digest);
  const { clock, lock, store } = settings;
  await inTime(clock, lock.leaseMs, store.settle(settled)).catch(() => undefined);
}
