import { inTime } from '../../kit/time-limits.js';
import type { AuditEntry } from '../../model/audit-entry.js';
import { InvalidChangesError } from '../../model/errors.js';
import type { Step } from '../../model/plan.js';
import type { EngineSettings, RunRequest } from '../../model/settings.js';
import { isTransactional } from '../../model/strategy.js';
import type { KnownFence, Marker, TransactionalTargetSystem } from '../../model/target-system.js';
import { decide } from '../decide.js';
import type { Execution } from '../execute/execution.js';
import { APPLY } from '../execute/operation.js';
import { plan, type PlannedState } from '../plan.js';
import { withoutPolicies } from '../policies.js';
import { readState } from '../read-state.js';
import { settle } from '../settle.js';
import { underLease } from '../with-lease.js';

/** How target systems are adopted. */
export interface AdoptOptions {
  /** Why; told by the event `targets-adopted` and in the log. */
  readonly reason: string;
  /**
   * Ids of audit stores that are gone for good: their fences and markers are removed from every target system.
   *
   * @default none: another app may be at work under any of them
   */
  readonly forget?: readonly string[];
  /** The new store id: 32 hexadecimal digits that nobody had before. */
  readonly storeId: string;
}

/** The result of an adoption. */
export interface Adoption {
  /** The id under which the audit store goes on. */
  readonly storeId: string;
  /** The one it had; it names whose fences and markers may be forgotten when no other copy of the store is in use. */
  readonly formerStoreId: string;
  /** The fences in each target system, by its id. */
  readonly fences: ReadonlyMap<string, readonly KnownFence[]>;
}

/**
 * Gives the audit store an id of its own, after it was restored from a backup or copied: from then on its target systems
 * know nothing of it that it does not know itself. Their former fences and markers stay until they are forgotten.
 *
 * What markers decide about open attempts is recorded before. @throws InvalidChangesError without a reason; LockNotAcquiredError
 */
export async function adoptTargets(
  settings: EngineSettings,
  request: RunRequest,
  options: AdoptOptions,
): Promise<Adoption> {
  if (!options.reason?.trim())
    throw new InvalidChangesError(["adoptTargets needs a reason; write adoptTargets({ reason: '…' })"]);
  const tolerant = withoutPolicies(settings);
  const leased = await underLease(tolerant, request, plan(tolerant, await readState(tolerant)), {
    operation: APPLY,
    isIdle: () => false,
    // An open attempt must not commit under the former id later: its marker is not found under the new id.
    touches: ({ latest }) => latest?.state === 'STARTED' || latest?.state === 'FAILED',
    toleratesBehind: true,
    work: async (execution, { behind }) => ({ result: await adopt(execution, tolerant, behind, options) }),
  });
  if ('idle' in leased) throw new Error('the lease was not taken');
  return leased.result;
}

async function adopt(
  execution: Execution,
  tolerant: EngineSettings,
  behind: ReadonlySet<string>,
  { reason, storeId, forget = [] }: AdoptOptions,
): Promise<Adoption> {
  const { settings, request, lease } = execution;
  const seen = plan(tolerant, await readState(tolerant, settings.targets.keys()));
  await settleByMarkers(execution, seen, behind);
  const { store, clock, lock } = settings;
  lease.guard();
  await inTime(clock, lock.leaseMs, store.adopt(storeId, lease.fence));
  const targets = [...settings.targets.values()].filter((target) => isTransactional(target));
  const fences = new Map<string, readonly KnownFence[]>();
  for (const target of targets) fences.set(target.id, await forgetIn(target, store.namespace, forget));
  settings.emit({ type: 'targets-adopted', executionId: request.executionId, storeId, reason });
  return { storeId, formerStoreId: lease.fence.storeId, fences };
}

/**
 * Records what markers decide, because the store does not find them under its new id.
 *
 * @param behind - ids of the target systems that know more than the audit: there a missing marker proves nothing, because the
 * audit may have forgotten the run that removed it
 * @throws InvalidChangesError, before anything is recorded, when only a person or `@Verify` can decide about an attempt
 */
async function settleByMarkers(
  execution: Execution,
  seen: PlannedState,
  behind: ReadonlySet<string>,
): Promise<void> {
  // Profiles do not count here: the attempt was made.
  const decided = seen.steps.map((step): Step => {
    const finding = seen.findings.get(step.change.id);
    return finding?.marker ? { ...step, ...decide(step.change, step.latest, finding) } : step;
  });
  const forgotten = [...seen.latest.values()].filter(
    (entry) =>
      behind.has(entry.targetSystem) && mayHaveMarker(entry) && !seen.findings.get(entry.changeId)?.marker,
  );
  const settling = decided.filter(({ record, askVerify }) => record && !askVerify);
  const settled = new Set(settling.map(({ change }) => change.id));
  const inCode = new Set(decided.map(({ change }) => change.id));
  const left = [...seen.awaitedMarkers.values()].filter(({ changeId }) => !settled.has(changeId));
  const problems = [
    ...left.map((marker) => unsettled(marker, seen, inCode.has(marker.changeId))),
    ...forgotten.map(forgottenEnd),
  ];
  if (problems.length) throw new InvalidChangesError(problems);
  for (const step of settling) await settle(execution, step, seen.findings.get(step.change.id) ?? {});
}

/** True for an attempt of which only a marker tells whether it was committed. */
function mayHaveMarker({ state, strategy }: AuditEntry): boolean {
  return strategy !== 'plain' && (state === 'STARTED' || state === 'FAILED');
}

function forgottenEnd({ changeId, attempt, operation, targetSystem }: AuditEntry): string {
  return `nothing has settled attempt ${attempt} (${operation}) of change '${changeId}', and target system '${targetSystem}' knows more than the audit: its marker may have been removed since. ${howToSettle(changeId)}`;
}

function howToSettle(changeId: string): string {
  return `Look there, then flamingock.resolve('${changeId}', 'applied' or 'rolled-back', { reason }), and adopt again`;
}

function unsettled({ changeId, attempt }: Marker, { latest }: PlannedState, isInCode: boolean): string {
  const target = latest.get(changeId)?.targetSystem;
  const what = `nothing has settled attempt ${attempt} of change '${changeId}', and only a marker in target system '${target}', which adoptTargets would leave behind, tells that it may be in effect`;
  return isInCode
    ? `${what}. ${howToSettle(changeId)}`
    : `${what}: the code lacks this change; adopt with a version of the app that has it`;
}

/** @returns the fences that are left */
async function forgetIn(
  target: TransactionalTargetSystem,
  namespace: string,
  gone: readonly string[],
): Promise<readonly KnownFence[]> {
  const markers = target.markers({ storeId: '', namespace });
  for (const fence of await markers.fences())
    if (gone.includes(fence.storeId)) await target.markers(fence).forget();
  return markers.fences();
}
