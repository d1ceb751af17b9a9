import type { ChainIdentity } from '../../model/audit-store.js';
import { type Plan, type Step } from '../../model/plan.js';
import type { ChangePreview } from '../../model/recipe.js';
import type { EngineSettings, RunRequest } from '../../model/settings.js';
import { previewSteps } from './preview.js';
import { plan, toPlan } from '../plan.js';
import { chainOf, readState } from '../read-state.js';
import { isUnderWay, underWayText } from '../under-way.js';

/** What `run` would do, and why, change by change. Takes no lock and writes nothing. @throws AuditStoreError, AuditIntegrityError */
export async function planRun(settings: EngineSettings): Promise<Plan> {
  const { steps, warnings } = await planAsSeen(settings);
  return toPlan(steps, warnings);
}

/** As `planRun`, with what each change would do. Takes no lock and writes nothing. @throws AuditStoreError, AuditIntegrityError */
export async function planWithPreview(settings: EngineSettings, request: RunRequest): Promise<Plan> {
  const { steps, underWay, warnings, chain } = await planAsSeen(settings);
  const idle = steps.filter(({ change }) => !underWay.has(change.id));
  const previews = await previewSteps(settings, request, idle, chain);
  return toPlan(steps, warnings, new Map([...underWay, ...previews]));
}

interface SeenPlan {
  readonly steps: readonly Step[];
  /** Of what another process is doing right now there is no preview. */
  readonly underWay: ReadonlyMap<string, ChangePreview>;
  readonly warnings: readonly string[];
  /** Null where the store was never opened. */
  readonly chain: ChainIdentity | null;
}

async function planAsSeen(settings: EngineSettings): Promise<SeenPlan> {
  const seen = plan(settings, await readState(settings));
  const underWay = new Map<string, ChangePreview>();
  const steps = seen.steps.map((step): Step => {
    if (!isUnderWay(seen, step)) return step;
    const reason = underWayText(seen, step);
    underWay.set(step.change.id, { possible: false, reason, operations: [] });
    return { ...step, decision: 'apply', reason };
  });
  return { steps, underWay, warnings: seen.warnings, chain: chainOf(settings, seen.snapshot) };
}
