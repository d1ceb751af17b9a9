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

/** An attempt of the process that holds the lease now is alive; what it left is not for us to judge. */
export function isUnderWay(
  { snapshot }: Pick<Survey, 'snapshot'>,
  { latest }: Pick<Step, 'latest'>,
): boolean {
  return latest !== undefined && latest.executionId === snapshot.holder?.holder && latest.state !== 'APPLIED';
}

/** Who is at work on a change that is under way, for people. */
export function tellUnderWay(
  { snapshot }: Pick<Survey, 'snapshot'>,
  { latest }: Pick<Step, 'latest'>,
): string {
  return `attempt ${latest?.attempt} is under way on ${snapshot.holder?.host}, which holds the lock until ${snapshot.holder?.until}`;
}
