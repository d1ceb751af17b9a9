import type { AuditState } from '../model/audit-entry.js';
import type { Step, Finding } from '../model/plan.js';
import { decide } from './decide.js';
import { askVerify } from './execute/ask-verify.js';
import type { Execution } from './execute/execution.js';
import { draft } from './execute/record.js';
import { withDecision } from './plan.js';

/**
 * Settles what a crash left undecided about one step: asks `@Verify` where that decides, and records the result.
 *
 * @returns the step as it stands now: `apply`, `skip` (with the reason), `needs-person` or `reconcile` (recorded)
 */
export async function settle(execution: Execution, step: Step, finding: Finding): Promise<Step> {
  const subject = { change: step.change, attempt: step.latest?.attempt ?? 0 };
  const answer = step.askVerify ? await askVerify(execution, subject) : undefined;
  const decided =
    answer === undefined
      ? step
      : withDecision(step, decide(step.change, step.latest, { ...finding, ...answer }));
  if (decided.record) await recordFound(execution, decided, decided.record, finding);
  return decided;
}

async function recordFound(
  execution: Execution,
  step: Step,
  state: AuditState,
  { marker }: Finding,
): Promise<void> {
  const { latest } = step;
  if (!latest) return;
  const source = { ...execution, operation: { name: latest.operation } };
  const found = { ...step, strategy: latest.strategy };
  await execution.auditWriter.append([
    draft(source, found, { state, attempt: latest.attempt, reason: step.reason }),
  ]);
  // Without a marker there may be no table of markers to clean, such as in a database shared with the audit.
  if (marker) execution.settledMarkers.add(latest.targetSystem, [step.change.id]);
}
