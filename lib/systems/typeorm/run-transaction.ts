import { FlamingockError, TargetSystemError } from '../../core/model/errors.js';
import type { TargetTransaction } from '../../core/model/target-system.js';
import { messageOf } from '../../core/kit/text.js';
import type { AttemptParts } from './attempt-parts.js';
import { type AttemptConnection, attemptConnection, stopStatements } from './attempt-connection.js';
import { begin } from './begin.js';
import { connectionQueue } from './connection-queue.js';
import { cutWhenEnded } from './cut-off.js';
import { isConnectionLost } from './driver-errors.js';
import { commit, rollBack } from './end.js';
import { withOtherConnections } from './outside-transaction.js';
import { withShieldedConnection } from './shielded-connection.js';
import { TypeOrmTransaction } from './typeorm-transaction.js';

type Work<T> = (transaction: TargetTransaction) => Promise<T>;

/** Runs BEGIN, `work`, COMMIT; on SQLite when no other transaction uses its only connection. */
export function runTransaction<T>(parts: AttemptParts, work: Work<T>): Promise<T> {
  const attempt = attemptConnection(parts, true);
  const { dataSource, dialect, own, change, scope } = attempt;
  const run = (): Promise<T> =>
    cutWhenEnded({ ended: scope.ended, runner: own, dialect }, () => beginToEnd(attempt, work));
  return connectionQueue(dataSource).hold(own, () =>
    dialect.singleConnection
      ? withShieldedConnection({ dataSource, changeId: scope.changeId, runner: change }, run)
      : run(),
  );
}

async function beginToEnd<T>(attempt: AttemptConnection, work: Work<T>): Promise<T> {
  const { own, dialect } = attempt;
  const result = await rollingBack(attempt, async () => {
    await begin(own, dialect, attempt.lockWaitMs);
    const transaction = new TypeOrmTransaction(attempt);
    await transaction.open();
    const value = await withOtherConnections(attempt.outside, () => work(transaction));
    await transaction.seal();
    return value;
  });
  await commit(own, dialect);
  return result;
}

async function rollingBack<T>(attempt: AttemptConnection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { dialect, own } = attempt;
    const isLost = own.isReleased || isConnectionLost(error);
    await stopStatements(attempt);
    await rollBack(own, dialect);
    throw isLost && !(error instanceof FlamingockError) ? connectionLost(attempt, error) : error;
  }
}

/** Says what a broken connection means for the change: drivers only say that their socket was closed. */
function connectionLost({ scope, targetId }: AttemptConnection, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `The connection to target system '${targetId}' was lost during change '${scope.changeId}', and its transaction with it: ${messageOf(cause)}`,
    { cause, fix: ['see whether the server was restarted or cannot be reached; then start again'] },
  );
}
