import { importHistory } from '../import/import-history.js';
import { inTime } from '../kit/time-limits.js';
import type { Settled } from '../model/audit-store.js';
import { isPending } from '../model/plan.js';
import type { EngineSettings, RunRequest } from '../model/settings.js';
import { APPLY } from './execute/operation.js';
import { excludedByProfile, plan, type PlannedState } from './plan.js';
import { readState } from './read-state.js';
import { readSummary } from './read-store.js';
import { lineOf, openReport, type RunEnd, type RunResult, untouched } from './run-report.js';
import { digestOf, isSettled, settledWith } from './settled-digest.js';
import { runSteps } from './steps.js';
import { underLease } from './with-lease.js';

/**
 * Applies every pending change, in order, once: read, plan, lease, read and plan again, execute, report.
 * With nothing to do it is one small read of the audit store. Never throws: what failed is in the result.
 */
export async function run(settings: EngineSettings, request: RunRequest): Promise<RunResult> {
  const close = openReport(settings, request, 'apply');
  let seen: PlannedState | undefined;
  try {
    if (await hasNothingToDo(settings)) return close(asBefore(settings));
    for (const { source, rules } of settings.imports) {
      const report = await importHistory(settings, request, source, rules);
      settings.emit({ type: 'history-imported', report });
    }
    seen = plan(settings, await readState(settings));
    return close(await applyPending(settings, request, seen));
  } catch (error) {
    return close({ changes: untouched(seen?.steps ?? []), warnings: seen?.warnings, failure: { error } });
  }
}

/** True when an earlier run settled just these definitions and nothing was recorded since: one small read. @throws AuditStoreError, AuditIntegrityError */
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

async function applyPending(
  settings: EngineSettings,
  request: RunRequest,
  first: PlannedState,
): Promise<RunEnd> {
  const isIdle = ({ steps }: PlannedState): boolean => !steps.some(isPending);
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
        ? settledWith(snapshot.settled, execution.auditWriter.head, digestOf(settings))
        : undefined;
      return { result, settled };
    },
  });
  if ('result' in leased) return leased.result;
  await recordSettled(settings, leased.idle);
  return { status: 'nothing-to-do', changes: untouched(leased.idle.steps), warnings: leased.idle.warnings };
}

/** Saves the next run its reads. A failed write is ignored: this run succeeded. */
async function recordSettled(settings: EngineSettings, { snapshot, warnings }: PlannedState): Promise<void> {
  const { ready, holder, head } = snapshot;
  if (!ready || holder || warnings.length) return;
  const digest = digestOf(settings);
  if (isSettled(snapshot, digest)) return;
  const settled: Settled = settledWith(snapshot.settled, head, digest);
  const { clock, lock, store } = settings;
  await inTime(clock, lock.leaseMs, store.settle(settled)).catch(() => undefined);
}
