import type { Execution } from '../engine/execute/execution.js';
import { APPLY } from '../engine/execute/operation.js';
import { plan, type PlannedState } from '../engine/plan.js';
import { withoutPolicies } from '../engine/policies.js';
import { readState } from '../engine/read-state.js';
import { isUnderWay } from '../engine/under-way.js';
import { underLease } from '../engine/with-lease.js';
import type { AuditEntry } from '../model/audit-entry.js';
import {
  FlamingockError,
  InterruptedError,
  InvalidChangesError,
  TargetSystemError,
} from '../model/errors.js';
import {
  changeIdsFor,
  type HistorySource,
  type ImportedRow,
  type ImportOptions,
  type ImportReport,
  type RecordPresence,
} from '../model/history-source.js';
import type { EngineSettings, RunRequest } from '../model/settings.js';
import { messageOf } from '../text/error-text.js';
import { findPast, importDraft, type ImportPast } from './entries.js';
import { type ImportPlan, planImport } from './plan.js';
import { judgeEmptiness } from './problems.js';

/** Entries in one write. */
const ENTRIES_AT_ONCE = 25;

/** One import: from where, by which rules, and what was read there. */
interface Import {
  readonly source: HistorySource;
  readonly options: ImportOptions;
  readonly rows: readonly ImportedRow[];
  readonly presence: RecordPresence;
}

/**
 * Records what another tool applied, so that no run applies it again. Entries of this audit stay as they are:
 * a second import writes nothing and takes no lock. A later import completes one that was cut off.
 *
 * @throws InvalidChangesError with everything that stands in the way; TargetSystemError when the source cannot be read;
 * LockNotAcquiredError, AuditStoreError
 */
export async function importHistory(
  settings: EngineSettings,
  request: RunRequest,
  source: HistorySource,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const tolerant = withoutPolicies(settings);
  const wanted: Import = { source, options, ...(await readRecord(source)) };
  const first = plan(tolerant, await readState(tolerant));
  const ids = idsOf(wanted);
  const past = await findPast(tolerant, first, source, ids);
  const lookAt = (seen: PlannedState): ImportPlan => planFor(tolerant, seen, wanted, past);
  const planned = sound(lookAt(first));
  if (options.dryRun || isDone(planned)) return reportOf(request, wanted, planned, past);
  const leased = await underLease(tolerant, request, first, {
    operation: APPLY,
    isIdle: (seen) => isDone(lookAt(seen)),
    // Raises the fences of earlier attempts, so that none of them commits after the import.
    touches: ({ change, latest }) =>
      (latest?.state === 'STARTED' || latest?.state === 'FAILED') && ids.has(change.id),
    work: async (execution, seen) => ({ result: await record(execution, seen, wanted) }),
  });
  return reportOf(request, wanted, 'idle' in leased ? sound(lookAt(leased.idle)) : leased.result, past);
}

async function readRecord(source: HistorySource): Promise<Pick<Import, 'rows' | 'presence'>> {
  try {
    const rows = await source.read();
    return { rows, presence: rows.length ? 'kept' : ((await source.look?.()) ?? 'kept') };
  } catch (cause) {
    if (cause instanceof FlamingockError) throw cause;
    throw new TargetSystemError(
      `${source.name} cannot be read: ${messageOf(cause)}. Nothing was imported, and nothing has run.`,
      {
        cause,
        fix: ['check that it is reachable, that this app may read it, and that it is what its name says'],
      },
    );
  }
}

function idsOf({ rows, options }: Import): ReadonlySet<unknown> {
  return new Set(rows.flatMap(({ name }) => changeIdsFor(name, options.map)));
}

function planFor(
  { changes }: EngineSettings,
  seen: PlannedState,
  { source, options, rows, presence }: Import,
  { everApplied, hasImported }: ImportPast,
): ImportPlan {
  const latest = [...seen.latest.values()];
  const isBusy = latest.some((entry) => isUnderWay(seen, { latest: entry }));
  return planImport({ name: source.name, presence }, rows, options, {
    changes,
    latest: seen.latest,
    findings: seen.findings,
    everApplied,
    isUnderWay: (entry: AuditEntry) => isUnderWay(seen, { latest: entry }),
    emptiness: judgeEmptiness({ presence, hasImported, latest, isBusy }),
  });
}

/** True when there is nothing to record, nothing to wait for and no problem. */
function isDone({ imports, waits, problems }: ImportPlan): boolean {
  return !imports.length && !waits && !problems.length;
}

function sound(plan: ImportPlan): ImportPlan {
  if (plan.problems.length) throw new InvalidChangesError(plan.problems);
  return plan;
}

async function record(execution: Execution, seen: PlannedState, wanted: Import): Promise<ImportPlan> {
  const { settings, request, auditWriter } = execution;
  const past = await findPast(settings, seen, wanted.source, idsOf(wanted));
  const planned = sound(planFor(settings, seen, wanted, past));
  const steps = new Map(seen.steps.map((step) => [step.change.id, step]));
  const drafts = planned.imports.flatMap(({ row, changeId }) => {
    const step = steps.get(changeId);
    return step ? [importDraft(execution, step, wanted.source, row, step.latest)] : [];
  });
  for (let start = 0; start < drafts.length; start += ENTRIES_AT_ONCE) {
    if (request.stop.aborted)
      throw new InterruptedError('A stop was asked for during the import; the next one goes on from here.');
    await auditWriter.append(drafts.slice(start, start + ENTRIES_AT_ONCE));
  }
  return planned;
}

function reportOf(
  { executionId }: RunRequest,
  { source, options, rows, presence }: Import,
  { imports, alreadyKnown, ignored }: ImportPlan,
  { hasImported }: ImportPast,
): ImportReport {
  return {
    executionId,
    source: source.name,
    dryRun: options.dryRun ?? false,
    rows: rows.length,
    imported: imports.map(({ row, changeId }) => ({ changeId, name: row.name })),
    alreadyKnown,
    ignored,
    notes: notesOn(rows, presence !== 'kept' && !hasImported),
  };
}

function notesOn(rows: readonly ImportedRow[], isAbsent: boolean): string[] {
  const zones = new Set(rows.flatMap(({ zone }) => zone ?? []));
  return [
    ...(isAbsent ? ['it does not exist here, so there is nothing to import'] : []),
    ...[...zones].map((zone) => `its times name no time zone and were read as ${zone} (timeZone)`),
  ];
}
