import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { assertOutcomes } from '../../../lib/testing/recovery/expectations.js';
import { play } from './play.js';
import { type PrivateServer, startPrivateServer } from './private-server.js';
import { serverSuite } from './server-suite.js';
import type { SqlLocation } from './sql-location.js';
import { pairLocation, sqlPair } from './sql-pair.js';

jest.setTimeout(60_000);

describe('recovery at a MariaDB of its own', () => {
  let server: PrivateServer;

  beforeAll(async () => {
    server = await startPrivateServer('mariadb');
  });
  afterAll(() => server.stop());

  serverSuite('mariadb', () => server);

  it('E01 nothing to do costs one SELECT, and nothing is written or locked', async () => {
    const database = await server.database();
    await play(
      sqlPair('mariadb'),
      () => pairLocation(database, database),
      async (scene) => {
        const c1 = scene.change('c1');
        await scene.app.run([c1]);
        const before = await statementCounts(database);
        assertOutcomes(await scene.app.run([c1]), 'nothing-to-do', { c1: 'already-applied' });
        const after = await statementCounts(database);
        const done = Object.entries(after).filter(([name, count]) => count !== before[name]);
        assert.deepEqual(
          done.map(([name, count]) => [name, count - (before[name] ?? 0)]),
          [['Com_select', 1]],
        );
      },
    );
  });
});

/** How often the server was asked for each kind of statement; asking for the counts is one itself, and left out. */
async function statementCounts({ query }: SqlLocation): Promise<Record<string, number>> {
  const rows = await query(
    "SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Com\\_%' AND Variable_name <> 'Com_show_status'",
  );
  return Object.fromEntries(
    rows.map(({ Variable_name: name, Value: count }) => [String(name), Number(count)]),
  );
}
