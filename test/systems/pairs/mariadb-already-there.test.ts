import assert from 'node:assert/strict';
import { describe, it, jest } from '@jest/globals';
import { ChangeFailedError } from 'nestjs-flamingock';
import type { Clients } from 'nestjs-flamingock/kit';
import type { QueryRunner } from 'typeorm';
import { assertOutcomes, errorOf } from '../../../lib/testing/recovery/expectations.js';
import { altered } from '../../../lib/testing/recovery/faults.js';
import { assertNeedsPerson } from '../../../lib/testing/recovery/scenarios/plain-change.scenarios.js';
import { play } from './play.js';
import { createSqlLocation } from './sql-location.js';
import { pairLocation, sqlPair } from './sql-pair.js';

jest.setTimeout(60_000);

const runnerOf = ([{ instance }]: Clients): QueryRunner => instance as QueryRunner;

describe('the first boot on a MariaDB that has tables and rows', () => {
  it.each([undefined, false] as const)(
    'whose import was forgotten leaves them (transactional: %s): @Rollback would drop the table',
    async (transactional) => {
      const database = await createSqlLocation('mariadb');
      await database.query('CREATE TABLE users (name VARCHAR(100))');
      await database.query("INSERT INTO users VALUES ('ada'), ('grace')");
      await play(
        sqlPair('mariadb'),
        () => pairLocation(database, database),
        async (scene) => {
          const target = altered(scene.transactional, {
            explain: (error) => scene.transactional.explain?.(error) ?? explanation(error),
          });
          const create = scene.change('c1', {
            transactional,
            apply: ({ clients }) => runnerOf(clients).query('CREATE TABLE users (name VARCHAR(100))'),
            rollback: ({ clients }) => runnerOf(clients).query('DROP TABLE users'),
          });
          const result = await scene.app.run([create], { target });
          assertOutcomes(result, 'failed', { c1: 'failed' });
          errorOf(result, ChangeFailedError, "'c1'", 'already exists', 'importHistory', 'CREATE TABLE users');
          assert.deepEqual(create.calls, ['apply']);
          assert.equal((await database.query('SELECT name FROM users')).length, 2);
          await assertNeedsPerson(scene, create, 'S F', []);
          assert.equal((await database.query('SELECT name FROM users')).length, 2);
        },
      );
    },
  );
});

/** What TypeORM's target system knows, in short. */
function explanation(
  error: unknown,
): { readonly statement: string; readonly alreadyExists: true } | undefined {
  if (!(error instanceof Error) || !('errno' in error) || error.errno !== 1050) return undefined;
  return { statement: String('query' in error && error.query), alreadyExists: true };
}
