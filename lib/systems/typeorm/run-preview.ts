import { TargetSystemError } from '../../core/errors.js';
import type { NotePreviewed } from '../../core/previewed-operation.js';
import type { Clients } from '../../core/target-system.js';
import { type Attempt, closeAttempt, createAttempt } from './attempt.js';
import type { AttemptParts } from './attempt-parts.js';
import { begin } from './begin.js';
import { cancelStatement } from './cancel.js';
import { connectionQueue } from './connection-queue.js';
import { rollBack } from './end.js';
import { withBystanders } from './outside-transaction.js';
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
 * BEGIN, `work`, ROLLBACK, and never anything else: what goes around the transaction is refused, whatever the change says.
 *
 * @throws TargetSystemError when it takes longer than it may
 */
export function runPreview(parts: PreviewParts, note: NotePreviewed, work: Work): Promise<void> {
  const scope = { ...parts.scope, outsideTransaction: 'fail' as const };
  const watch = statementWatch(parts.dialect, note);
  const attempt = createAttempt({ ...parts, scope, watch }, true);
  const { dataSource, dialect, own, change } = attempt;
  const run = (): Promise<void> => tryAndRollBack(attempt, parts.limitMs, work);
  return connectionQueue(dataSource).hold(own, () =>
    dialect.singleConnection
      ? withShieldedConnection({ dataSource, changeId: scope.changeId, runner: change }, run)
      : run(),
  );
}

async function tryAndRollBack(attempt: Attempt, limitMs: number, work: Work): Promise<void> {
  try {
    await beginBounded(attempt, limitMs);
    await within(attempt, limitMs, () =>
      withBystanders(attempt.outside, async () => {
        await work(attempt.clients);
        await attempt.underWay.drain();
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

/** The database's own bounds hold even when this process stands still. */
async function beginBounded({ own, dialect }: Attempt, limitMs: number): Promise<void> {
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

async function within(attempt: Attempt, limitMs: number, work: () => Promise<void>): Promise<void> {
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

/** What a change left on its session (settings, advisory locks) goes with the connection. */
async function rollBackForGood(attempt: Attempt): Promise<void> {
  closeAttempt(attempt);
  const { dataSource, dialect, own, underWay } = attempt;
  if (underWay.size) await cancelStatement(dataSource, dialect, own);
  if (dialect.singleConnection) return rollBack(own, dialect);
  await own.rollbackTransaction().catch(() => undefined);
  await discard(own, dialect).catch(() => undefined);
}

function tookTooLong({ targetId }: Attempt, limitMs: number): TargetSystemError {
  return new TargetSystemError(
    `A preview on target system '${targetId}' took longer than ${limitMs} ms and was ended, because it keeps locks.`,
    { fix: ['give the target system a longer previewLimit, where nobody is kept waiting'] },
  );
}

function waitedTooLong({ targetId }: Attempt, waitMs: number, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `A preview on target system '${targetId}' waited ${waitMs} ms for a lock of another session and was ended.`,
    { cause, fix: ['try again when nobody works on what the changes touch'] },
  );
}
