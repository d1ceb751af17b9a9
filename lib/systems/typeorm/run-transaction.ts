import type { TargetTransaction } from '../../core/target-system.js';
import { type Attempt, closeAttempt, createAttempt } from './attempt.js';
import type { AttemptParts } from './attempt-parts.js';
import { begin } from './begin.js';
import { cancelStatement } from './cancel.js';
import { connectionQueue } from './connection-queue.js';
import { cutWhenEnded } from './cut-off.js';
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
    if (underWay.size) await cancelStatement(dataSource, dialect, own);
    await rollBack(own, dialect);
    throw error;
  }
}
