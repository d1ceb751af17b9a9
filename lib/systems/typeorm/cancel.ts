import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Dialect } from './dialect.js';
import { connectionOf, withRunner } from './runner.js';

const WAIT_MS = 2_000;

/** The server's number of a connection, in the drivers' words: pg's and mysql2's. */
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
 * Asks the server to give up the statement that the runner's connection is in, so that a ROLLBACK need not wait for its end.
 * Best effort, over another connection; never throws and never takes longer than 2 s.
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
      // A connection that the pool gave late may find somebody else's statement there.
      if (!expired)
        await other.query(
          dialect.name === 'mysql' ? `KILL QUERY ${session}` : `SELECT pg_cancel_backend(${session})`,
        );
    });
  };
  await Promise.race([cancel().catch(() => undefined), sleep(WAIT_MS, undefined, { ref: false })]);
  expired = true;
}
