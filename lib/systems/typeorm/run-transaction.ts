import { FlamingockError, TargetSystemError } from '../../core/errors.js';
import { messageOf } from '../../core/error-text.js';
import type { TargetTransaction } from '../../core/target-system.js';
import { type Attempt, closeAttempt, createAttempt } from './attempt.js';
import type { AttemptParts } from './attempt-parts.js';
import { begin } from './begin.js';
import { cancelStatement } from './cancel.js';
import { connectionQueue } from './connection-queue.js';
import { cutWhenEnded } from './cut-off.js';
import { isConnectionLost } from './driver-errors.js';
import { commit, rollBack } from './end.js';
import { withBystanders } from './outside-transaction.js';
import { withShieldedConnection } from './shielded-connection.js';
import { TypeOrmTransaction } from './typeorm-transaction.js';

type Work<T> = (transaction: TargetTransaction) => Promise<T>;

/** BEGIN, `work`, COMMIT, in the turn of the connection where there is only one. */
export function runTransaction<T>(parts: AttemptParts, work: Work<T>): Promise<T> {
  const attempt = createAttempt(parts, true);
  const { dataSource, dialect, own, change, scope } = attempt;
  const run = (): Promise<T> =>
    cutWhenEnded({ ended: scope.ended, runner: own, dialect }, () => beginToEnd(attempt, work));
  return connectionQueue(dataSource).hold(own, () =>
    dialect.singleConnection
      ? withShieldedConnection({ dataSource, changeId: scope.changeId, runner: change }, run)
      : run(),
  );
}

async function beginToEnd<T>(attempt: Attempt, work: Work<T>): Promise<T> {
  const { own, dialect } = attempt;
  const result = await rollingBack(attempt, async () => {
    await begin(own, dialect, attempt.lockWaitMs);
    const transaction = new TypeOrmTransaction(attempt);
    await transaction.open();
    const value = await withBystanders(attempt.outside, () => work(transaction));
    await transaction.seal();
    return value;
  });
  await commit(own, dialect);
  return result;
}

async function rollingBack<T>(attempt: Attempt, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    closeAttempt(attempt);
    const { dataSource, dialect, own, underWay } = attempt;
    const isLost = own.isReleased || isConnectionLost(error);
    if (underWay.size) await cancelStatement(dataSource, dialect, own);
    await rollBack(own, dialect);
    throw isLost && !(error instanceof FlamingockError) ? connectionLost(attempt, error) : error;
  }
}

/** The drivers say what became of their socket, not what that means. */
function connectionLost({ scope, targetId }: Attempt, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `The connection to target system '${targetId}' was lost during change '${scope.changeId}', and its transaction with it: ${messageOf(cause)}`,
    { cause, fix: ['see whether the server was restarted or cannot be reached; then start again'] },
  );
}
