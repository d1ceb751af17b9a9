import { toPlan, type Plan, type Step } from './plan.js';
import { previewSteps } from './preview.js';
import type { ChangePreview } from './previewed-operation.js';
import type { EngineSettings, RunRequest } from './settings.js';
import { survey, type Survey } from './survey.js';

/** What `run` would do, and why, change by change. Takes no lock and writes nothing. @throws AuditStoreError, AuditIntegrityError */
export async function planRun(settings: EngineSettings): Promise<Plan> {
  const { steps, warnings } = await surveyForPlan(settings);
  return toPlan(steps, warnings);
}

/** As `planRun`, with what each change would do. Takes no lock and writes nothing. @throws AuditStoreError, AuditIntegrityError */
export async function planWithPreview(settings: EngineSettings, request: RunRequest): Promise<Plan> {
  const { steps, underWay, warnings } = await surveyForPlan(settings);
  const idle = steps.filter(({ change }) => !underWay.has(change.id));
  const previews = await previewSteps(settings, request, idle);
  return toPlan(steps, warnings, new Map([...underWay, ...previews]));
}

interface PlanSurvey {
  readonly steps: readonly Step[];
  /** Of what another process is doing right now there is no preview. */
  readonly underWay: ReadonlyMap<string, ChangePreview>;
  readonly warnings: readonly string[];
}

async function surveyForPlan(settings: EngineSettings): Promise<PlanSurvey> {
  const seen = await survey(settings);
  const underWay = new Map<string, ChangePreview>();
  const steps = seen.steps.map((step): Step => {
    if (!isUnderWay(seen, step)) return step;
    const reason = tellUnderWay(seen, step);
    underWay.set(step.change.id, { possible: false, reason, operations: [] });
    return { ...step, decision: 'apply', reason };
  });
  return { steps, underWay, warnings: seen.warnings };
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
  return holder?.liveness === 'alive';
}

/** Who is at work on a change that is under way, for people. */
export function tellUnderWay(
  { snapshot }: Pick<Survey, 'snapshot'>,
  { latest }: Pick<Step, 'latest'>,
): string {
  const { host, until, liveness } = snapshot.holder ?? {};
  if (liveness === 'unknown')
    return `attempt ${latest?.attempt} may be under way on ${host}: whether that process lives shows when its lock has been watched for a while`;
  return `attempt ${latest?.attempt} is under way on ${host}, which holds the lock until ${until}`;
}
