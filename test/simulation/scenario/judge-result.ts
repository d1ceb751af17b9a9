import type { FlamingockError } from '../../../lib/core/errors.js';
import type { RunResult } from '../../../lib/core/run-report.js';
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
  if (error) judgeError(cluster, error, executionId);
  else if (report.operation === 'apply' && !wasReady)
    ledger.violated('I7', `${executionId} says '${status}', but not every change is applied`);
  for (const { id, outcome } of report.changes)
    if (['applied', 'reconciled'].includes(outcome) && !ledger.hasApplied(executionId, id))
      ledger.violated('I7', `${executionId} says that ${id} is ${outcome}, but did not record it`);
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
