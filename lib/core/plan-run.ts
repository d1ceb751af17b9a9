import { toPlan, type Plan, type Step } from './plan.js';
import type { EngineSettings } from './settings.js';
import { survey, type Survey } from './survey.js';

/** What `run` would do, and why, change by change. Takes no lock and writes nothing. @throws AuditStoreError, AuditIntegrityError */
export async function planRun(settings: EngineSettings): Promise<Plan> {
  const seen = await survey(settings);
  return toPlan(
    seen.steps.map((step) =>
      isUnderWay(seen, step) ? { ...step, decision: 'apply', reason: tellUnderWay(seen, step) } : step,
    ),
    seen.warnings,
  );
}

/** An attempt of the process that holds the lease now is alive, or may be; what it left is not for us to judge. */
export function isUnderWay(
  { snapshot }: Pick<Survey, 'snapshot'>,
  { latest }: Pick<Step, 'latest'>,
): boolean {
  return latest !== undefined && latest.executionId === snapshot.holder?.holder && latest.state !== 'APPLIED';
}

/** True when the lease has a holder that is known to hold it. */
export function isAlive({ snapshot: { holder } }: Pick<Survey, 'snapshot'>): boolean {
  return holder !== null && !holder.mayBeDead;
}

/** Who is at work on a change that is under way, for people. */
export function tellUnderWay(
  { snapshot }: Pick<Survey, 'snapshot'>,
  { latest }: Pick<Step, 'latest'>,
): string {
  const { host, until, mayBeDead } = snapshot.holder ?? {};
  if (mayBeDead)
    return `attempt ${latest?.attempt} may be under way on ${host}: whether that process lives shows when its lock has been watched for a while`;
  return `attempt ${latest?.attempt} is under way on ${host}, which holds the lock until ${until}`;
}
