import type { AuditEntry, AuditState } from '../../model/audit-entry.js';
import type { Liveness } from '../../model/audit-store.js';
import type { ChangeDefinition } from '../../model/change.js';
import type { EngineSettings } from '../../model/settings.js';
import { decide } from '../decide.js';
import { guidanceFor } from '../failure.js';
import { askVerify, type VerifyAnswer } from '../execute/ask-verify.js';
import { isAlive, isUnderWay, underWayText } from '../under-way.js';
import { readState, type State } from '../read-state.js';

/** A change that needs a person: what happened and how to resolve it. */
export interface Issue {
  readonly changeId: string;
  readonly targetSystem: string;
  readonly state: AuditState;
  readonly at: string;
  readonly host: string;
  readonly attempt: number;
  readonly error?: string;
  /** What `@Verify` threw when it was asked just now. */
  readonly verifyError?: string;
  /** `unknown` when the process that attempted it may still be at it: the audit store could not tell yet. */
  readonly liveness?: Liveness;
  /** What to do, one step a line. */
  readonly guidance: readonly string[];
}

/**
 * Finds the latest entries that no rule decides, also of changes that the code lacks. Asks `@Verify` where it may decide.
 * Leaves out what is running now. An attempt that may be running is included, with its `liveness`.
 */
export async function findIssues(settings: EngineSettings): Promise<Issue[]> {
  const seen = await readState(settings);
  const changes = new Map(settings.changes.map((change) => [change.id, change]));
  const undecided = [...seen.latest.values()].filter(
    (latest) =>
      isUndecided(changes.get(latest.changeId), seen, latest) &&
      !(isUnderWay(seen, { latest }) && isAlive(seen)),
  );
  const answers = await Promise.all(undecided.map((latest) => verdictOn(settings, latest)));
  return undecided.flatMap((latest, index) => {
    const { verdict, ...more } = answers[index] ?? NOT_ASKED;
    return verdict === 'unknown' ? [{ ...toIssue(seen, latest), ...more }] : [];
  });
}

/** True when no rule decides about this entry, or only `@Verify` can. The attempt may still be running. */
export function isUndecided(
  change: ChangeDefinition | undefined,
  seen: Pick<State, 'findings'>,
  latest: AuditEntry,
): boolean {
  const { decision, askVerify: onlyVerify } = decide(
    change ?? { recovery: latest.recovery },
    latest,
    seen.findings.get(latest.changeId),
  );
  return decision === 'needs-person' || onlyVerify === true;
}

/** Looking changes nothing, so it needs no lease. */
async function verdictOn(settings: EngineSettings, { changeId, attempt }: AuditEntry): Promise<VerifyAnswer> {
  const change = settings.changes.find(({ id }) => id === changeId);
  if (!change?.verify) return NOT_ASKED;
  const request = { executionId: 'issues', stop: NEVER };
  // Nothing is written, so no store is named.
  const chain = { storeId: '', namespace: settings.store.namespace };
  return askVerify(
    { settings, request, lease: { signal: NEVER, guard: () => undefined }, chain },
    { change, attempt },
  );
}

const NEVER = new AbortController().signal;
const NOT_ASKED: VerifyAnswer = { verdict: 'unknown' };

function toIssue(seen: State, latest: AuditEntry): Issue {
  const { changeId, targetSystem, state, at, host, attempt, error } = latest;
  const mayRun = isUnderWay(seen, { latest });
  const guidance = guidanceFor(changeId, targetSystem);
  return {
    changeId,
    targetSystem,
    state,
    at,
    host,
    attempt,
    ...(error !== null && { error }),
    ...(mayRun && { liveness: seen.snapshot.holder?.liveness }),
    guidance: mayRun ? [`wait: ${underWayText(seen, { latest })}`, ...guidance] : guidance,
  };
}
