import type { AuditEntry } from './audit-entry.js';
import { InvalidChangesError } from './errors.js';
import { draft, type DraftSubject } from './execute/draft.js';
import type { Execution } from './execute/execution.js';
import { APPLY } from './execute/operation.js';
import { isUndecided } from './issues.js';
import { nearNames } from './near-names.js';
import { isAlive, isUnderWay, tellUnderWay } from './plan-run.js';
import type { EngineSettings, RunRequest } from './settings.js';
import type { FencedSurvey } from './prepare.js';
import { survey, type Survey } from './survey.js';
import { underLease } from './under-lease.js';
import { withoutPolicies } from './policies.js';

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
  const first = await survey(tolerant);
  const judged = entryToResolve(tolerant, first, resolution);
  const mayRun = judged !== undefined && isUnderWay(first, { latest: judged });
  const leased = await underLease(mayRun ? patient(tolerant) : tolerant, request, first, {
    operation: APPLY,
    isIdle: (seen) => mayRun && isAlive(seen) && isUnderWay(seen, { latest: judged }),
    touches: ({ change }) => change.id === resolution.changeId,
    toleratesBehind: true,
    work: async (execution, seen) => {
      const latest = entryToResolve(tolerant, seen, resolution);
      if (latest && latest.seq !== judged?.seq) throw new InvalidChangesError([attemptedAgain(latest)]);
      if (latest && mayRun) throw new InvalidChangesError([justOver(latest)]);
      return { result: await record(execution, subjectOf(seen, latest, resolution), resolution) };
    },
  });
  if ('idle' in leased) throw new InvalidChangesError(judged ? [underWay(leased.idle, judged)] : []);
  if (!leased.result) throw new InvalidChangesError([`nothing was recorded about '${resolution.changeId}'`]);
  return leased.result;
}

/** Whether the holder lives shows when its lease has been watched for its whole length. */
function patient(settings: EngineSettings): EngineSettings {
  const { lock } = settings;
  return { ...settings, lock: { ...lock, waitMs: Math.max(lock.waitMs, 2 * lock.leaseMs) } };
}

/** @returns undefined for a change that is in the code and that the audit does not know: a store that is behind may have forgotten it */
function entryToResolve(
  settings: EngineSettings,
  seen: Survey,
  { changeId, reason }: Resolution,
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
  if (isUndecided(change, seen, latest)) return latest;
  throw new InvalidChangesError([
    `there is nothing to resolve about '${changeId}': its latest state is ${latest.state}, and the next run knows what to do`,
  ]);
}

function underWay(seen: Survey, latest: AuditEntry): string {
  return `there is nothing to resolve about '${latest.changeId}' yet: ${tellUnderWay(seen, { latest })}; wait until then`;
}

/** Its process may have gone on after the person looked, until its lease was over. */
function justOver({ changeId, attempt, host }: AuditEntry): string {
  return `there is nothing to resolve about '${changeId}' yet: attempt ${attempt} may have been under way on ${host} until its lock ran out, for which resolve('${changeId}') has waited; look at the target system again, then resolve what you find`;
}

/** What a person found out about one attempt says nothing about the next. */
function attemptedAgain({ changeId, attempt, state, host }: AuditEntry): string {
  return `while resolve('${changeId}') waited for the lock, attempt ${attempt} on ${host} ended as ${state}; look at the target system again, then resolve what you find`;
}

function unknownChange(changeId: string, { latest }: Survey): string {
  const near = nearNames(changeId, latest.keys());
  return `the audit knows no change '${changeId}'${near.length ? `; did you mean ${near.map((id) => `'${id}'`).join(' or ')}?` : ''}`;
}

/** What is resolved: the change as the code has it, or else as its latest entry tells it. */
interface Subject extends DraftSubject {
  readonly attempt: number;
  readonly targetSystem: string;
}

/** @throws InvalidChangesError when the change never ran, and its target system does not say that the audit forgot it */
function subjectOf(seen: FencedSurvey, latest: AuditEntry | undefined, { changeId }: Resolution): Subject {
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
  const [entry] = await execution.journal.append([draft(source, subject, details)]);
  execution.leftovers.add(subject.targetSystem, [changeId]);
  return entry;
}

/** The facts of a change that the code lacks, as its latest entry tells them. */
function fromEntry({ changeId, method, ...entry }: AuditEntry) {
  return { ...entry, id: changeId, apply: { name: method } };
}
