import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Dialect } from './dialect.js';
import { connectionOf, withRunner } from './runner.js';

const WAIT_MS = 2_000;

/** The server's number of a connection, as pg and mysql2 name it. */
interface Numbered {
  readonly processID?: number;
  readonly threadId?: number;
}

/** @returns the server's number of the runner's connection; undefined on SQLite and when it is not connected */
export function sessionOf(runner: QueryRunner): number | undefined {
  const connection = connectionOf(runner) as Numbered | undefined;
  return connection?.processID ?? connection?.threadId;
}

/**
 * Asks the server, over another connection, to cancel the statement that the runner's connection executes, so that a ROLLBACK need not
 * wait for its end. Never throws, also when it fails, and takes 2 s at most.
 */
export async function cancelStatement(
  dataSource: DataSource,
  dialect: Dialect,
  runner: QueryRunner,
): Promise<void> {
  let expired = false;
  const cancel = async (): Promise<void> => {
    const session = sessionOf(runner);
    if (session === undefined) return;
    await withRunner(dataSource, dialect, async (other) => {
      await other.connect();
      // Too late, the session may execute another statement.
      if (!expired)
        await other.query(
          dialect.name === 'mysql' ? `KILL QUERY ${session}` : `SELECT pg_cancel_backend(${session})`,
        );
    });
  };
  await Promise.race([cancel().catch(() => undefined), sleep(WAIT_MS, undefined, { ref: false })]);
  expired = true;
}
