import type { AuditEntry } from '../../model/audit-entry.js';
import { InvalidChangesError } from '../../model/errors.js';
import type { EngineSettings, RunRequest } from '../../model/settings.js';
import { isTransactional } from '../../model/strategy.js';
import { nearNames } from '../../text/near-names.js';
import type { Execution } from '../execute/execution.js';
import { APPLY } from '../execute/operation.js';
import { draft, type DraftSubject } from '../execute/record.js';
import { isUndecided } from './issues.js';
import { isAlive, isUnderWay, underWayText } from '../under-way.js';
import { plan, type PlannedState } from '../plan.js';
import { withoutPolicies } from '../policies.js';
import type { FencedState } from '../raise-fences.js';
import { readState } from '../read-state.js';
import { underLease } from '../with-lease.js';

/** A person's decision about a change that no rule could decide. */
export interface Resolution {
  readonly changeId: string;
  readonly as: 'applied' | 'rolled-back';
  /** Why; kept in the audit. */
  readonly reason: string;
  /** Who decided. @default the app's actor */
  readonly actor?: string;
}

/**
 * Records what a person found out about a change. Takes the lock for the one write.
 *
 * @throws InvalidChangesError when there is nothing to resolve, the reason is blank, or what the person saw may be outdated:
 * the change is under way, was attempted again while this waited for the lock, or nobody could tell that its last attempt
 * was over; LockNotAcquiredError, AuditStoreError, TargetSystemError
 */
export async function resolveIssue(
  settings: EngineSettings,
  request: RunRequest,
  resolution: Resolution,
): Promise<AuditEntry> {
  const tolerant = withoutPolicies(settings);
  const first = plan(tolerant, await readState(tolerant));
  // Which target systems know more than the audit shows under the lease.
  const mayBeBehind = ({ targetSystem }: AuditEntry): boolean =>
    isTransactional(settings.targets.get(targetSystem));
  const judged = entryToResolve(tolerant, first, resolution, mayBeBehind);
  const mayRun = judged !== undefined && isUnderWay(first, { latest: judged });
  const leased = await underLease(mayRun ? patient(tolerant) : tolerant, request, first, {
    operation: APPLY,
    isIdle: (seen) => mayRun && isAlive(seen) && isUnderWay(seen, { latest: judged }),
    touches: ({ change }) => change.targetSystem === targetOf(first, resolution),
    toleratesBehind: true,
    work: async (execution, seen) => {
      const isBehind = ({ targetSystem }: AuditEntry): boolean => seen.behind.has(targetSystem);
      const latest = entryToResolve(tolerant, seen, resolution, isBehind);
      if (latest && latest.seq !== judged?.seq) throw new InvalidChangesError([attemptedAgain(latest)]);
      if (latest && mayRun) throw new InvalidChangesError([justOver(latest)]);
      return { result: await record(execution, subjectOf(seen, latest, resolution), resolution) };
    },
  });
  if ('idle' in leased) throw new InvalidChangesError(judged ? [underWay(leased.idle, judged)] : []);
  if (!leased.result) throw new InvalidChangesError([`nothing was recorded about '${resolution.changeId}'`]);
  return leased.result;
}

/** Some stores know whether a holder is alive only after they watched its lease for its whole length. */
function patient(settings: EngineSettings): EngineSettings {
  const { lock } = settings;
  return { ...settings, lock: { ...lock, waitMs: Math.max(lock.waitMs, 2 * lock.leaseMs) } };
}

/** The target system of the change's latest attempt, or of its definition when it never ran. */
function targetOf({ latest, steps }: PlannedState, { changeId }: Resolution): string | undefined {
  const step = steps.find(({ change }) => change.id === changeId);
  return latest.get(changeId)?.targetSystem ?? step?.change.targetSystem;
}

/**
 * @param isBehind - whether the audit may have forgotten what became of the change after this entry
 * @returns undefined for a change that is in the code and that the audit does not know: a store that is behind may have forgotten it
 */
function entryToResolve(
  settings: EngineSettings,
  seen: PlannedState,
  { changeId, as, reason }: Resolution,
  isBehind: (latest: AuditEntry) => boolean,
): AuditEntry | undefined {
  const latest = seen.latest.get(changeId);
  const isInCode = seen.steps.some(({ change }) => change.id === changeId);
  if (!latest && !isInCode) throw new InvalidChangesError([unknownChange(changeId, seen)]);
  if (!reason?.trim())
    throw new InvalidChangesError([
      `resolve('${changeId}') needs a reason; write { reason: '…' }: it is kept in the audit`,
    ]);
  if (!latest) return undefined;
  if (isAlive(seen) && isUnderWay(seen, { latest })) throw new InvalidChangesError([underWay(seen, latest)]);
  const change = settings.changes.find(({ id }) => id === changeId);
  // A rule would retry over a transaction that was broken open. A person who looked knows better.
  const isOpen = seen.findings.get(changeId)?.marker?.kind === 'open';
  if (isUndecided(change, seen, latest) || isOpen) return latest;
  if (isBehind(latest) && (isUnsettled(latest) || saysOtherwise(latest, as))) return latest;
  throw new InvalidChangesError([
    `there is nothing to resolve about '${changeId}': its latest state is ${latest.state}, and the next run knows what to do`,
  ]);
}

/** True when a rule would decide by what the target system says: it may have gone on since. */
function isUnsettled({ state }: AuditEntry): boolean {
  return state === 'STARTED' || state === 'FAILED';
}

/** True when the person contradicts the audit: a store that is behind does not know how the change ended. */
function saysOtherwise({ state }: AuditEntry, as: Resolution['as']): boolean {
  return (state === 'APPLIED' || state === 'MANUAL_MARKED_AS_APPLIED') !== (as === 'applied');
}

function underWay(seen: PlannedState, latest: AuditEntry): string {
  return `there is nothing to resolve about '${latest.changeId}' yet: ${underWayText(seen, { latest })}; wait until then`;
}

/** The process may have worked on after the person looked, until its lease ended. */
function justOver({ changeId, attempt, host }: AuditEntry): string {
  return `there is nothing to resolve about '${changeId}' yet: attempt ${attempt} may have been under way on ${host} until its lock ran out, for which resolve('${changeId}') has waited; look at the target system again, then resolve what you find`;
}

/** A person's finding about one attempt does not hold for the next attempt. */
function attemptedAgain({ changeId, attempt, state, host }: AuditEntry): string {
  return `while resolve('${changeId}') waited for the lock, attempt ${attempt} on ${host} ended as ${state}; look at the target system again, then resolve what you find`;
}

function unknownChange(changeId: string, { latest }: PlannedState): string {
  const near = nearNames(changeId, latest.keys());
  return `the audit knows no change '${changeId}'${near.length ? `; did you mean ${near.map((id) => `'${id}'`).join(' or ')}?` : ''}`;
}

/** What is resolved: the change as the code has it, or else as its latest entry tells it. */
interface Subject extends DraftSubject {
  readonly attempt: number;
  readonly targetSystem: string;
}

/** @throws InvalidChangesError when the change never ran, and its target system does not say that the audit forgot it */
function subjectOf(seen: FencedState, latest: AuditEntry | undefined, { changeId }: Resolution): Subject {
  const step = seen.steps.find(({ change }) => change.id === changeId);
  if (latest) {
    const change = step?.change ?? fromEntry(latest);
    const { attempt, strategy, targetSystem } = latest;
    return { change, attempt, strategy, targetSystem };
  }
  if (!step || !seen.behind.has(step.change.targetSystem))
    throw new InvalidChangesError([
      `there is nothing to resolve about '${changeId}': it never ran, and the next run applies it`,
    ]);
  const { change, strategy } = step;
  return { change, attempt: 0, strategy, targetSystem: change.targetSystem };
}

async function record(
  execution: Execution,
  subject: Subject,
  { changeId, as, reason, actor }: Resolution,
): Promise<AuditEntry | undefined> {
  const state =
    as === 'applied' ? ('MANUAL_MARKED_AS_APPLIED' as const) : ('MANUAL_MARKED_AS_ROLLED_BACK' as const);
  const details = { state, attempt: subject.attempt, reason, actor };
  const source = { ...execution, operation: { name: 'manual' as const } };
  const [entry] = await execution.auditWriter.append([draft(source, subject, details)]);
  execution.settledMarkers.add(subject.targetSystem, [changeId]);
  return entry;
}

/** The facts of a change that the code lacks, as its latest entry tells them. */
function fromEntry({ changeId, method, ...entry }: AuditEntry) {
  return { ...entry, id: changeId, apply: { name: method } };
}
