import type { AuditEntry, AuditState } from './audit-entry.js';
import type { Verdict } from './change.js';
import { decide } from './decide.js';
import { askVerify } from './execute/ask-verify.js';
import { guidanceFor } from './guidance.js';
import { isUnderWay } from './plan-run.js';
import type { EngineSettings } from './settings.js';
import { survey, type Survey } from './survey.js';

/** A change that needs a person: what happened and how to resolve it. */
export interface Issue {
  readonly changeId: string;
  readonly targetSystem: string;
  readonly state: AuditState;
  readonly at: string;
  readonly host: string;
  readonly attempt: number;
  readonly error?: string;
  /** What to do, one step a line. */
  readonly guidance: readonly string[];
}

/**
 * Latest entries that no rule decides, changes that the code lacks included. Where `@Verify` may decide, it is asked.
 * What runs just now is not among them.
 */
export async function findIssues(settings: EngineSettings): Promise<Issue[]> {
  const seen = await survey({ ...settings, outOfOrder: 'run', unknownChanges: 'ignore' });
  const undecided = [...seen.latest.values()].filter((latest) => isUndecided(settings, seen, latest));
  const verdicts = await Promise.all(undecided.map((latest) => verdictOn(settings, latest)));
  return undecided.filter((_, index) => verdicts[index] === 'unknown').map(toIssue);
}

/** True when no rule decides about this entry, or only `@Verify` can. */
export function isUndecided({ changes }: EngineSettings, seen: Survey, latest: AuditEntry): boolean {
  const change = changes.find(({ id }) => id === latest.changeId) ?? { recovery: latest.recovery };
  const { decision, askVerify: onlyVerify } = decide(change, latest, seen.findings.get(latest.changeId));
  return (decision === 'needs-person' || onlyVerify === true) && !isUnderWay(seen, { latest });
}

/** Looking changes nothing, so it needs no lease. */
async function verdictOn(settings: EngineSettings, { changeId, attempt }: AuditEntry): Promise<Verdict> {
  const change = settings.changes.find(({ id }) => id === changeId);
  if (!change?.verify) return 'unknown';
  const request = { executionId: 'issues', stop: NEVER };
  return askVerify(
    { settings, request, lease: { signal: NEVER, guard: () => undefined } },
    { change, attempt },
  );
}

const NEVER = new AbortController().signal;

function toIssue({ changeId, targetSystem, state, at, host, attempt, error }: AuditEntry): Issue {
  return {
    changeId,
    targetSystem,
    state,
    at,
    host,
    attempt,
    ...(error !== null && { error }),
    guidance: guidanceFor(changeId, targetSystem),
  };
}
