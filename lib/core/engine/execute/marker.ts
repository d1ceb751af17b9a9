import { LockLostError, StaleFenceError, TargetSystemError } from '../../model/errors.js';
import type { Marker, TransactionalTargetSystem } from '../../model/target-system.js';
import type { Execution, Task, TaskResult } from './execution.js';
import { endDrafts, recordStart } from './record.js';
import { headOf, inTurn, stoppedBy } from './thrown.js';
import {
  BROKEN_OPEN,
  failTransactional,
  fencedMarkers,
  transact,
  type TransactionEnd,
} from './transactional.js';
import { untilAnswered } from './until-answered.js';

/** Runs a change on a transactional target system elsewhere than the audit store: a marker is committed with the effect. */
export async function executeMarker(
  execution: Execution,
  task: Task,
  target: TransactionalTargetSystem,
): Promise<TaskResult> {
  const { auditWriter, operation, settings, settledMarkers } = execution;
  await recordStart(execution, task);
  const begun = settings.clock.monotonic();
  const elapsed = (): number => settings.clock.monotonic() - begun;
  const marker = markerOf(execution, task);
  // The entry that ends the chain now is STARTED of this attempt, written just now or with the end of the change before.
  const witness = auditWriter.head;
  const end = await transact(execution, task, target, async (transaction) => {
    if (!(await transaction.raiseFence(marker.fence, witness))) throw staleFence(target);
    await transaction.writeMarker(marker);
  });
  if (end.kind !== 'committed' && !(await isCommitted(execution, target, marker, end)))
    return failTransactional(execution, task, target, end.failure, elapsed());
  const drafts = endDrafts(execution, task, elapsed());
  await auditWriter.append(drafts);
  settledMarkers.add(target.id, [marker.changeId]);
  return {
    outcome: operation.name === 'undo' ? 'rolled-back' : 'applied',
    startedNext: drafts.length > 1,
    note: end.kind !== 'rolled-back' && end.brokenOpen ? BROKEN_OPEN : undefined,
  };
}

function markerOf({ lease, operation }: Execution, { step, attempt }: Task): Marker {
  return { changeId: step.change.id, attempt, fence: lease.fence.token, kind: operation.marker };
}

function staleFence({ id }: TransactionalTargetSystem): StaleFenceError {
  return new StaleFenceError(`A newer holder of the lock was already at work on the target system '${id}'.`);
}

/**
 * A commit whose answer was lost has happened exactly when its marker exists.
 *
 * @throws LockLostError, or TargetSystemError when the target system does not tell; then the next run finds out
 */
async function isCommitted(
  execution: Execution,
  target: TransactionalTargetSystem,
  marker: Marker,
  end: Exclude<TransactionEnd, { kind: 'committed' }>,
): Promise<boolean> {
  if (end.kind !== 'unknown') return false;
  const found = await untilAnswered(execution, () => fencedMarkers(execution, target)).catch(
    (silence: unknown) => {
      if (silence instanceof LockLostError) throw stoppedBy(end.failure, silence);
      throw unknownCommit(target, marker, inTurn(end.failure, { error: silence }).error);
    },
  );
  return found.some(
    ({ changeId, attempt, kind }) =>
      changeId === marker.changeId && attempt === marker.attempt && kind === marker.kind,
  );
}

function unknownCommit(
  { id }: TransactionalTargetSystem,
  { changeId }: Marker,
  cause: unknown,
): TargetSystemError {
  return new TargetSystemError(
    `The target system '${id}' did not tell whether it has committed change '${changeId}': ${headOf(cause)}`,
    {
      cause,
      fix: [
        'see whether it can be reached, and whether a session there still has the transaction open; end that session then',
        'start again: the next run sees by the marker whether the change is in effect',
      ],
    },
  );
}
