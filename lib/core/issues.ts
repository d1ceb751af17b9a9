import type { AuditEntry, AuditState } from './audit-entry.js';
import { decide } from './decide.js';
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

/** Latest entries that no rule decides, changes that the code lacks included. What runs just now is not among them. */
export async function findIssues(settings: EngineSettings): Promise<Issue[]> {
  const seen = await survey({ ...settings, outOfOrder: 'run', unknownChanges: 'ignore' });
  return [...seen.latest.values()].filter((latest) => isUndecided(settings, seen, latest)).map(toIssue);
}

/** True when the next run cannot decide about this entry, or only by asking `@Verify`. */
export function isUndecided({ changes }: EngineSettings, seen: Survey, latest: AuditEntry): boolean {
  const change = changes.find(({ id }) => id === latest.changeId) ?? { recovery: latest.recovery };
  const { decision, askVerify } = decide(change, latest, seen.findings.get(latest.changeId));
  return (decision === 'needs-person' || askVerify === true) && !isUnderWay(seen, { latest });
}

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
