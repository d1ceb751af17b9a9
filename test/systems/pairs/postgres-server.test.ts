import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { assertOutcomes } from '../../../lib/testing/recovery/expectations.js';
import { play } from './play.js';
import { type PrivateServer, startPrivateServer } from './private-server.js';
import { serverSuite } from './server-suite.js';
import type { SqlLocation } from './sql-location.js';
import { pairLocation, sqlPair } from './sql-pair.js';

jest.setTimeout(60_000);

describe('recovery at a PostgreSQL of its own', () => {
  let server: PrivateServer;

  beforeAll(async () => {
    server = await startPrivateServer('postgres');
    const { query } = await server.database();
    await query('ALTER SYSTEM SET track_commit_timestamp = on');
    await query('ALTER SYSTEM SET autovacuum = off');
    await server.restart();
  });
  afterAll(() => server.stop());

  serverSuite('postgres', () => server);

  it.each([1, 2, 20])(
    'n shared changes cost n + 1 commits besides taking and releasing the lock: n = %i',
    async (n) => {
      const database = await server.database();
      await play(
        sqlPair('postgres'),
        () => pairLocation(database, database),
        async (scene) => {
          const ids = Array.from({ length: n }, (_, index) => `c${100 + index}`);
          const changes = ids.map((id) => scene.change(id));
          await scene.app.pair.store.open();
          const before = await nextTransactionId(database);
          const applied = Object.fromEntries(ids.map((id) => [id, 'applied']));
          assertOutcomes(await scene.app.run(changes), 'succeeded', applied);
          const takeAndRelease = 2;
          assert.equal(await commitsSince(database, before), n + 1 + takeAndRelease);
        },
      );
    },
  );

  it('E01 nothing to do costs one statement, and nothing is written or locked', async () => {
    const database = await server.database();
    await database.query(
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET log_statement = ''all''', current_database()); END $$",
    );
    await play(
      sqlPair('postgres'),
      () => pairLocation(database, database),
      async (scene) => {
        const c1 = scene.change('c1');
        await scene.app.run([c1]);
        const [before, log] = [await nextTransactionId(database), await serverLog(database)];
        assertOutcomes(await scene.app.run([c1]), 'nothing-to-do', { c1: 'already-applied' });
        const statements = statementsIn((await serverLog(database)).slice(log.length));
        assert.equal(statements.length, 1, statements.join('\n'));
        assert.match(statements[0] ?? '', /^\s*(SELECT|WITH)\b/);
        assert.doesNotMatch(statements[0] ?? '', /\b(INSERT|UPDATE|DELETE|FOR (UPDATE|SHARE))\b/);
        assert.equal(await nextTransactionId(database), before, 'something was written');
      },
    );
  });
});

/** The id that the next transaction which writes will get. Does not take one. */
async function nextTransactionId({ query }: SqlLocation): Promise<number> {
  const [row] = await query('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS id');
  return Number(row?.id);
}

/** Savepoints have ids too, but the commit that they are part of gives them one and the same time. */
async function commitsSince(database: SqlLocation, first: number): Promise<number> {
  const next = await nextTransactionId(database);
  const [row] = await database.query(
    `SELECT count(DISTINCT pg_xact_commit_timestamp(id::text::xid)) AS commits FROM generate_series(${first}, ${next - 1}) id`,
  );
  return Number(row?.commits);
}

async function serverLog({ query }: SqlLocation): Promise<string> {
  const [row] = await query(
    "SELECT pg_read_file(current_setting('data_directory') || '/../server.log') AS log",
  );
  return String(row?.log);
}

function statementsIn(log: string): string[] {
  return log
    .split(/^(?=.*\bLOG: )/m)
    .flatMap((entry) => /LOG: {2}(?:statement|execute [^:]*): ([\s\S]*)/.exec(entry)?.[1] ?? []);
}
