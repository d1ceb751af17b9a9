import type { RunResult } from '../../../lib/core/engine/run-report.js';
import type { FlamingockError } from '../../../lib/core/model/errors.js';
import type { Cluster } from './cluster.js';

/** Compares what a run says with what is so. */
export function judgeResult(cluster: Cluster, { report, error }: RunResult, wasReady: boolean): void {
  const { ledger, world } = cluster;
  const { executionId, status } = report;
  world.note(
    () => `${executionId} ends: ${status}${error ? `, ${error.code}: ${error.message.split('\n')[0]}` : ''}`,
  );
  ledger.saw(`run ${error ? error.code : status}`);
  for (const { outcome } of report.changes) ledger.saw(`outcome ${outcome}`);
  judgeSettled(ledger, { report, error });
  judgeCutAudit(cluster, { report, error });
  if (error) judgeError(cluster, error, executionId);
  else if (report.operation === 'apply' && !wasReady)
    ledger.violated('I7', `${executionId} says '${status}', but not every change is applied`);
  for (const { id, outcome } of report.changes)
    if (['applied', 'reconciled'].includes(outcome) && !ledger.hasApplied(executionId, id))
      ledger.violated('I7', `${executionId} says that ${id} is ${outcome}, but did not record it`);
}

/** Who goes by what an earlier run has settled does so rightly: nothing is left to do, nor to be warned of. */
function judgeSettled(ledger: Cluster['ledger'], { report, error }: RunResult): void {
  const { executionId, status } = report;
  if (error || status !== 'nothing-to-do' || report.operation !== 'apply') return;
  if (ledger.readInFull.has(executionId)) return;
  ledger.saw('a boot by what was settled');
  const left = ledger.leftAtSummary.get(executionId) ?? ['everything'];
  const code = ledger.knownTo(executionId).code.map(({ id }) => id);
  const unknown = [...ledger.latest.keys()].filter((id) => !code.includes(id));
  if (left.length) ledger.violated('settled', `${executionId} goes by it, but ${left.join(', ')} is left`);
  if (unknown.length)
    ledger.violated('settled', `${executionId} goes by it, and does not warn of ${unknown.join(', ')}`);
}

/** An audit whose end was changed by hand is told as such, whoever comes. */
function judgeCutAudit({ engine, ledger }: Cluster, { report, error }: RunResult): void {
  const { AuditIntegrityError, AuditStoreBehindError, AuditStoreError } = engine.errors;
  const { executionId } = report;
  if (ledger.frozen && !(error instanceof AuditIntegrityError || error instanceof AuditStoreError))
    ledger.violated('cut', `${executionId} ends with ${error?.code ?? report.status}, but ${ledger.frozen}`);
  if (error instanceof AuditIntegrityError && !ledger.frozen)
    ledger.saw('an audit found to be another by a witness');
  const refuses = error instanceof AuditIntegrityError || error instanceof AuditStoreBehindError;
  if (refuses && ledger.shapes.some(({ id }) => ledger.hasActed(executionId, id)))
    ledger.violated('behind', `${executionId} did something and ends with ${error.code} all the same`);
}

/** Errors are the engine's own, say what to do, and never hide a mistake in the code. */
export function judgeError({ engine, ledger }: Cluster, error: unknown, executionId: string): void {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof TypeError || cause instanceof ReferenceError || cause instanceof RangeError)
      ledger.violated('defect', `${executionId} ends with ${cause.name}: ${cause.message}`);
  if (!(error instanceof engine.errors.FlamingockError))
    return ledger.violated('defect', `${executionId} throws ${String(error)}`);
  if (error instanceof engine.errors.ManualInterventionError) judgeNeed(ledger, error, executionId);
}

/** Who is told that a change needs a person learns which one and what to do; and nothing was done about it. */
function judgeNeed(
  ledger: Cluster['ledger'],
  { message, fix, report }: FlamingockError,
  executionId: string,
): void {
  const shape = ledger.shapes.find(({ id }) => message.startsWith(`Change '${id}'`));
  if (!shape)
    return ledger.violated('I8', `${executionId} does not say which change needs a person: ${message}`);
  for (const answer of ['applied', 'rolled-back'])
    if (!fix.some((line) => line.includes(`resolve('${shape.id}', '${answer}'`)))
      ledger.violated('I8', `${executionId} does not say how to resolve ${shape.id} as ${answer}`);
  const untouched = report?.operation === 'undo' ? [shape] : ledger.shapes.slice(shape.index);
  for (const { id } of untouched)
    if (ledger.hasActed(executionId, id))
      ledger.violated('I8', `${executionId} did something about ${id} all the same`);
}
