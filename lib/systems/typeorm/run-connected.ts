import { TargetSystemError } from '../../core/model/errors.js';
import type { Clients } from '../../core/model/target-system.js';
import type { AttemptParts } from './attempt-parts.js';
import {
  type AttemptConnection,
  attemptConnection,
  awaitForgotten,
  stopStatements,
} from './attempt-connection.js';
import { cutWhenEnded } from './cut-off.js';
import { rollBack } from './end.js';
import { isInTransaction } from './lost-transaction.js';
import { withOtherConnections } from './outside-transaction.js';
import { release } from './runner.js';
import { sqliteConnection } from './sqlite-connection.js';

/** Gives `work` clients outside any transaction. It may begin transactions, and must end them. @throws TargetSystemError when it left one open */
export function runConnected<T>(parts: AttemptParts, work: (clients: Clients) => Promise<T>): Promise<T> {
  const attempt = attemptConnection(parts, false);
  const { own: runner, dialect, scope } = attempt;
  return cutWhenEnded({ ended: scope.ended, runner, dialect }, () => connected(attempt, work));
}

async function connected<T>(attempt: AttemptConnection, work: (clients: Clients) => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await withOtherConnections(attempt.outside, () => work(attempt.clients));
    await awaitForgotten(attempt);
  } catch (error) {
    await giveBack(attempt);
    throw error;
  }
  if (await giveBack(attempt)) throw leftOpen(attempt);
  return result;
}

/**
 * Gives the connection back to the pool, after rolling back a transaction that the change left open on it.
 *
 * @returns true when there was one
 */
async function giveBack(attempt: AttemptConnection): Promise<boolean> {
  await stopStatements(attempt);
  const { dialect, own } = attempt;
  const isOpen = await leavesTransaction(attempt).catch(() => true);
  if (isOpen) await rollBack(Object.assign(own, { isTransactionActive: true, transactionDepth: 1 }), dialect);
  else await release(own);
  return isOpen;
}

/** Asks the database. TypeORM itself does not know: it misses a BEGIN that was sent as text, and counts one that was refused. */
async function leavesTransaction({
  dataSource,
  dialect,
  own,
  change,
  gate,
}: AttemptConnection): Promise<boolean> {
  if (!change.isTransactionActive && !gate.sawControl) return false;
  return dialect.singleConnection ? sqliteConnection(dataSource).inTransaction : isInTransaction(own);
}

function leftOpen({ scope, targetId }: AttemptConnection): TargetSystemError {
  return new TargetSystemError(
    `Change '${scope.changeId}' began a transaction on target system '${targetId}' and did not end it; it was rolled back.`,
    { fix: ['commit the transaction in the change: await queryRunner.commitTransaction()'] },
  );
}
