import { LockLostError, StaleFenceError } from '../../model/errors.js';
import type { Marker, TargetTransaction, TransactionalTargetSystem } from '../../model/target-system.js';
import { act } from './act.js';
import { withAttempt } from './attempt.js';
import type { Execution, Task, TaskResult } from './execution.js';
import { failPlain } from './plain.js';
import { entryOf, subjectOf } from './record.js';
import { explained, guardAfter, inTurn, RunStopped, stoppedBy, type Thrown } from './thrown.js';
import { untilAnswered } from './until-answered.js';

/** How the transaction of an attempt ended. */
export type TransactionEnd =
  | { readonly kind: 'committed'; readonly brokenOpen: boolean }
  | { readonly kind: 'rolled-back'; readonly failure: Thrown }
  /** The commit was sent and failed or was not answered. */
  | { readonly kind: 'unknown'; readonly failure: Thrown; readonly brokenOpen: boolean };

/** Runs one transaction: the change acts, then `last` writes what must commit with it. */
export async function transact(
  execution: Execution,
  task: Task,
  target: TransactionalTargetSystem,
  last: (transaction: TargetTransaction) => Promise<void>,
): Promise<TransactionEnd> {
  let brokenOpen = false;
  let commitSent = false;
  // From here on the marker may belong to this attempt and decide about it after a crash.
  execution.settledMarkers.removed(target.id, [task.step.change.id]);
  const settledMarkers = execution.settledMarkers.of(target.id);
  try {
    await withAttempt(execution, subjectOf(task), (attempt) =>
      target.transaction(attempt.scope, async (transaction) => {
        await act(execution, task, attempt, transaction.clients);
        ({ brokenOpen } = await transaction.seal());
        execution.lease.guard();
        if (settledMarkers.length) await transaction.removeMarkers(settledMarkers);
        await last(transaction);
        attempt.requireAlive();
        commitSent = true;
      }),
    );
  } catch (error) {
    const failure = explained(target, error);
    return commitSent ? { kind: 'unknown', failure, brokenOpen } : { kind: 'rolled-back', failure };
  }
  execution.settledMarkers.removed(target.id, settledMarkers);
  return { kind: 'committed', brokenOpen };
}

/** The transaction did not commit: record that, or run the plain way when it had been broken open. */
export async function failTransactional(
  execution: Execution,
  task: Task,
  target: TransactionalTargetSystem,
  failure: Thrown,
  durationMs: number,
): Promise<TaskResult> {
  const { error } = failure;
  if (error instanceof LockLostError || error instanceof RunStopped) throw error;
  if (error instanceof StaleFenceError) throw execution.lease.lose('another process took it');
  guardAfter(execution.lease, failure);
  const brokenOpen = await wasBrokenOpen(execution, task, target, failure);
  if (brokenOpen || task.isOpen)
    return failBrokenOpen(execution, task, target, failure, durationMs, brokenOpen ? BROKEN_OPEN : LEFT_OPEN);
  const { reverted } = execution.operation;
  const reason = 'the transaction rolled back';
  try {
    await execution.auditWriter.append([
      entryOf(execution, task, { state: 'FAILED', durationMs, failure }),
      entryOf(execution, task, { state: reverted, reason }),
    ]);
  } catch (ending) {
    throw stoppedBy(failure, ending);
  }
  return { outcome: reverted === 'APPLIED' ? 'failed' : 'rolled-back', startedNext: false, failure };
}

async function failBrokenOpen(
  execution: Execution,
  task: Task,
  target: TransactionalTargetSystem,
  failure: Thrown,
  durationMs: number,
  note: string,
): Promise<TaskResult> {
  const result = await failPlain(execution, task, failure, durationMs, note);
  if (result.outcome === 'rolled-back') execution.settledMarkers.add(target.id, [task.step.change.id]);
  return result;
}

/** What a report says about a transaction that an implicit commit broke open. */
export const BROKEN_OPEN =
  'a statement committed the transaction implicitly (DDL on MySQL and MariaDB does), so what came before it could not be rolled back by the database';

/** What a report says when the database rolled an attempt back, but not what an earlier one had left. */
const LEFT_OPEN =
  'the database rolled this attempt back, but not what an earlier attempt may have left, which nothing has settled since';

/**
 * Raises the fence, then reads the markers. Raising it waits for pending writes to the fence row, and ends a session whose connection
 * was lost while it has a transaction open, so that the answer cannot change afterwards.
 */
export async function fencedMarkers(
  { lease }: Execution,
  target: TransactionalTargetSystem,
): Promise<readonly Marker[]> {
  const markers = target.markers(lease.fence);
  const { token } = await markers.raiseFence(lease.fence.token);
  if (token > lease.fence.token) throw lease.lose('another process took it');
  return markers.read();
}

/** @throws RunStopped when the lease is lost, both errors in one when the target system does not tell; then the next run finds out */
async function wasBrokenOpen(
  execution: Execution,
  { step, attempt }: Task,
  target: TransactionalTargetSystem,
  failure: Thrown,
): Promise<boolean> {
  if (!target.commitsImplicitly) return false;
  const markers = await untilAnswered(execution, () => fencedMarkers(execution, target)).catch(
    (silence: unknown) => {
      if (silence instanceof LockLostError) throw stoppedBy(failure, silence);
      const what = `'${target.id}' did not tell whether its transaction had been broken open: `;
      throw inTurn(failure, { error: silence }, what).error;
    },
  );
  return markers.some(
    (marker) => marker.changeId === step.change.id && marker.attempt === attempt && marker.kind === 'open',
  );
}
