import { TargetSystemError } from '../../core/model/errors.js';
import type { NotePreviewed } from '../../core/model/recipe.js';
import type { Clients } from '../../core/model/target-system.js';
import type { AttemptParts } from './attempt-parts.js';
import {
  type AttemptConnection,
  attemptConnection,
  awaitForgotten,
  stopStatements,
} from './attempt-connection.js';
import { begin } from './begin.js';
import { connectionQueue } from './connection-queue.js';
import { rollBack } from './end.js';
import { withOtherConnections } from './outside-transaction.js';
import { discard } from './runner.js';
import { withShieldedConnection } from './shielded-connection.js';
import { statementWatch } from './statement-watch.js';

/** What a preview works with. */
export interface PreviewParts extends AttemptParts {
  /** How long it may take, in milliseconds. */
  readonly limitMs: number;
}

type Work = (clients: Clients) => Promise<void>;

/**
 * Runs BEGIN, `work`, ROLLBACK; never a COMMIT. A statement that goes around the transaction is refused, also when the change says
 * `outsideTransaction: 'allow'`.
 *
 * @throws TargetSystemError when it takes longer than `limitMs`
 */
export function runPreview(parts: PreviewParts, note: NotePreviewed, work: Work): Promise<void> {
  const scope = { ...parts.scope, outsideTransaction: 'fail' as const };
  const watch = statementWatch(parts.dialect, note);
  const attempt = attemptConnection({ ...parts, scope, watch }, true);
  const { dataSource, dialect, own, change } = attempt;
  const run = (): Promise<void> => tryAndRollBack(attempt, parts.limitMs, work);
  return connectionQueue(dataSource).hold(own, () =>
    dialect.singleConnection
      ? withShieldedConnection({ dataSource, changeId: scope.changeId, runner: change }, run)
      : run(),
  );
}

async function tryAndRollBack(attempt: AttemptConnection, limitMs: number, work: Work): Promise<void> {
  try {
    await beginBounded(attempt, limitMs);
    await within(attempt, limitMs, () =>
      withOtherConnections(attempt.outside, async () => {
        await work(attempt.clients);
        await awaitForgotten(attempt);
      }),
    );
    attempt.outside.check();
  } catch (error) {
    attempt.outside.check();
    throw attempt.dialect.errors.isLockTimeout(error) ? waitedTooLong(attempt, limitMs / 2, error) : error;
  } finally {
    await rollBackForGood(attempt);
  }
}

/** Begins with time limits of the database itself, which work even when this process is suspended. */
async function beginBounded({ own, dialect }: AttemptConnection, limitMs: number): Promise<void> {
  const lockWaitMs = limitMs / 2;
  if (dialect.name === 'mysql') {
    await own.query('SET SESSION TRANSACTION READ ONLY');
    const seconds = Math.max(1, Math.ceil(lockWaitMs / 1000));
    await own.query(`SET SESSION lock_wait_timeout = ${seconds}, innodb_lock_wait_timeout = ${seconds}`);
  }
  await begin(own, dialect, lockWaitMs);
  if (dialect.name !== 'postgres') return;
  await own.query(dialect.lockWait(lockWaitMs).bound);
  await own.query(`SET LOCAL statement_timeout = ${Math.ceil(limitMs * 1.5)}`);
  await own.query(`SET LOCAL idle_in_transaction_session_timeout = ${Math.ceil(limitMs * 1.5)}`);
}

async function within(attempt: AttemptConnection, limitMs: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tookTooLong(attempt, limitMs)), limitMs);
  });
  const working = work();
  working.catch(() => undefined);
  try {
    await Promise.race([working, expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** Rolls back and closes the connection, with everything that the change left on its session (settings, advisory locks). */
async function rollBackForGood(attempt: AttemptConnection): Promise<void> {
  await stopStatements(attempt);
  const { dialect, own } = attempt;
  if (dialect.singleConnection) return rollBack(own, dialect);
  await own.rollbackTransaction().catch(() => undefined);
  await discard(own, dialect).catch(() => undefined);
}

function tookTooLong({ targetId }: AttemptConnection, limitMs: number): TargetSystemError {
  return new TargetSystemError(
    `A preview on target system '${targetId}' took longer than ${limitMs} ms and was ended, because it keeps locks.`,
    { fix: ['give the target system a longer previewLimit, where nobody is kept waiting'] },
  );
}

function waitedTooLong({ targetId }: AttemptConnection, waitMs: number, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `A preview on target system '${targetId}' waited ${waitMs} ms for a lock of another session and was ended.`,
    { cause, fix: ['try again when nobody works on what the changes touch'] },
  );
}
