import type { AuditState } from './audit-entry.js';
import { decide } from './decide.js';
import { askVerify } from './execute/ask-verify.js';
import { draft } from './execute/draft.js';
import type { Execution } from './execute/execution.js';
import type { Step } from './plan.js';
import type { Finding } from './decide.js';

/**
 * Finishes what a crash left undecided about one step: asks `@Verify` where that decides, and records what turned out.
 *
 * @returns the step as it stands now: `apply`, `skip` (with the reason), `needs-person` or `reconcile` (recorded)
 */
export async function settle(execution: Execution, step: Step, finding: Finding): Promise<Step> {
  const subject = { change: step.change, attempt: step.latest?.attempt ?? 0 };
  const answer = step.askVerify ? await askVerify(execution, subject) : undefined;
  const decided =
    answer === undefined
      ? step
      : {
          ...step,
          record: undefined,
          ...decide(step.change, step.latest, { ...finding, ...answer }),
          askVerify: false,
        };
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
  await execution.journal.append([
    draft(source, found, { state, attempt: latest.attempt, reason: step.reason }),
  ]);
  // Only then: a target system that shares its database with the audit may have no table of markers at all.
  if (marker) execution.leftovers.add(latest.targetSystem, [step.change.id]);
}
