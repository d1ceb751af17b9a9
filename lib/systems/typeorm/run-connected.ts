import { TargetSystemError } from '../../core/errors.js';
import type { Clients } from '../../core/target-system.js';
import { type Attempt, closeAttempt, createAttempt } from './attempt.js';
import type { AttemptParts } from './attempt-parts.js';
import { cancelStatement } from './cancel.js';
import { cutWhenEnded } from './cut-off.js';
import { rollBack } from './end.js';
import { isInTransaction } from './lost-transaction.js';
import { withBystanders } from './outside-transaction.js';
import { release } from './runner.js';
import { sqliteConnection } from './sqlite-connection.js';

/** Gives `work` clients outside any transaction; the transactions that it begins are its own affair, but it must end them. */
export function runConnected<T>(parts: AttemptParts, work: (clients: Clients) => Promise<T>): Promise<T> {
  const attempt = createAttempt(parts, false);
  const { own: runner, dialect, scope } = attempt;
  return cutWhenEnded({ ended: scope.ended, runner, dialect }, () => connected(attempt, work));
}

async function connected<T>(attempt: Attempt, work: (clients: Clients) => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await withBystanders(attempt.outside, () => work(attempt.clients));
    await attempt.underWay.drain();
  } catch (error) {
    await giveBack(attempt);
    throw error;
  }
  if (await giveBack(attempt)) throw leftOpen(attempt);
  return result;
}

/**
 * A transaction that was left open must not go back to the pool with the connection.
 *
 * @returns whether there was one
 */
async function giveBack(attempt: Attempt): Promise<boolean> {
  closeAttempt(attempt);
  const { dataSource, dialect, own, underWay } = attempt;
  if (underWay.size) await cancelStatement(dataSource, dialect, own);
  const isOpen = await leavesTransaction(attempt).catch(() => true);
  if (isOpen) await rollBack(Object.assign(own, { isTransactionActive: true, transactionDepth: 1 }), dialect);
  else await release(own);
  return isOpen;
}

/** What TypeORM says is a hint only: it knows nothing of a BEGIN that came as text, and takes one that was refused for begun. */
async function leavesTransaction({ dataSource, dialect, own, change, gate }: Attempt): Promise<boolean> {
  if (!change.isTransactionActive && !gate.sawControl) return false;
  return dialect.singleConnection ? sqliteConnection(dataSource).inTransaction : isInTransaction(own);
}

function leftOpen({ scope, targetId }: Attempt): TargetSystemError {
  return new TargetSystemError(
    `Change '${scope.changeId}' began a transaction on target system '${targetId}' and did not end it; it was rolled back.`,
    { fix: ['commit the transaction in the change: await queryRunner.commitTransaction()'] },
  );
}
