import type { DataSource, QueryRunner } from 'typeorm';
import { TargetSystemError } from '../../core/model/errors.js';
import { begin } from './begin.js';
import { type BlockingSession, blockingSession } from './blocking-session.js';
import { connectionQueue } from './connection-queue.js';
import { inTimeOrCut } from './cut-off.js';
import type { Dialect, Isolation } from './dialect.js';
import { commit, rollBack } from './end.js';
import { createOwnRunner, discard } from './runner.js';

/** What a transaction of this library needs. */
export interface BoundedParts {
  readonly dataSource: DataSource;
  readonly dialect: Dialect;
  /** How long each of its statements may wait for a lock, in milliseconds. */
  readonly lockWaitMs: number;
  /** @default the dialect's */
  readonly isolation?: Isolation;
  /** The subject of the error when a wait is too long: `The fence of target system 'user-db'`. */
  readonly what: string;
}

/** How long its statements may take without waits for locks, in milliseconds. */
const SLACK_MS = 30_000;

type Work<T> = (runner: QueryRunner) => Promise<T>;

/**
 * Runs `work` in a transaction in which waits for locks are limited.
 *
 * @throws TargetSystemError that names the blocking session, when a wait was too long
 */
export function boundedTransaction<T>(parts: BoundedParts, work: Work<T>): Promise<T> {
  const { dataSource, dialect, lockWaitMs } = parts;
  const runner = createOwnRunner(dataSource, dialect);
  const beginToEnd = async (): Promise<T> => {
    const result = await upToCommit(parts, runner, work);
    await commit(runner, dialect);
    return result;
  };
  return connectionQueue(dataSource).hold(runner, () =>
    inTimeOrCut({ ms: lockWaitMs + SLACK_MS, runner, dialect }, beginToEnd),
  );
}

async function upToCommit<T>(parts: BoundedParts, runner: QueryRunner, work: Work<T>): Promise<T> {
  const { dataSource, dialect, lockWaitMs, isolation } = parts;
  let session: Promise<BlockingSession | undefined> | undefined;
  const look = (): void => void (session = blockingSession(dataSource, dialect, runner));
  const watch = setTimeout(look, lockWaitMs * 0.8);
  try {
    await begin(runner, dialect, lockWaitMs, isolation);
    return await withBound(parts, runner, work);
  } catch (error) {
    const blocker = await session;
    await rollBack(runner, dialect);
    throw dialect.errors.isLockTimeout(error) ? waitedTooLong(parts, blocker, error) : error;
  } finally {
    clearTimeout(watch);
  }
}

/** SQLite waits for a lock only at the begin of a transaction. */
async function withBound<T>(
  { dialect, lockWaitMs }: BoundedParts,
  runner: QueryRunner,
  work: Work<T>,
): Promise<T> {
  if (dialect.singleConnection) return work(runner);
  const { bound, undo } = dialect.lockWait(lockWaitMs);
  try {
    await runner.query(bound);
    const result = await work(runner);
    if (undo) await runner.query(undo);
    return result;
  } catch (error) {
    // Otherwise the limit would stay on the connection.
    if (undo) await discard(runner, dialect);
    throw error;
  }
}

function waitedTooLong(
  { what, lockWaitMs }: BoundedParts,
  blocker: BlockingSession | undefined,
  cause: unknown,
): TargetSystemError {
  const who = blocker?.description ?? 'a session that the database does not name';
  return new TargetSystemError(`${what} has been locked for ${lockWaitMs} ms by ${who}.`, {
    cause,
    fix: [
      'it is probably a stopped process of this app between its last statement and its COMMIT; let it go on, or end it',
      ...(blocker ? [`to end its session: ${blocker.end}`] : []),
      'then start again; or give the target system a longer lockWait',
    ],
  });
}
