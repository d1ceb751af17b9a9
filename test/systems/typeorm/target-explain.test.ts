import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { OutsideTransactionPolicy } from 'nestjs-flamingock';
import type { Clients, ErrorExplanation } from 'nestjs-flamingock/kit';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import type { DatabaseKind } from '../../support/databases.js';
import { attemptScope } from './support/attempt-scope.js';
import {
  dataSourceOf,
  EffectEntity,
  type Location,
  managerOf,
  runnerOf,
  withTargetLocation,
} from './support/target-location.js';

type Send = (clients: Clients, name: string) => Promise<unknown>;

/** What a change sends, each way that it can take; the name is there already. */
const WAYS: Readonly<Record<string, Send>> = {
  query: (clients, name) => runnerOf(clients).query(`INSERT INTO effect (name) VALUES ('${name}')`),
  'query after others': async (clients, name) => {
    await runnerOf(clients).query('SELECT 1');
    await sleep(1);
    await managerOf(clients).query(`INSERT INTO effect (name) VALUES ('${name}')`);
  },
  repository: (clients, name) => managerOf(clients).getRepository(EffectEntity).insert({ name }),
  'nested transaction': (clients, name) =>
    managerOf(clients).transaction((manager) => manager.insert(EffectEntity, { name })),
  'query of another runner': (clients, name) =>
    dataSourceOf(clients).query(`INSERT INTO effect (name) VALUES ('${name}')`),
};

const THE_DRIVERS_OWN: Readonly<Record<DatabaseKind, Send>> = {
  postgres: async (clients, name) =>
    (await runnerOf(clients).connect()).query(`INSERT INTO effect (name) VALUES ('${name}')`),
  mariadb: async (clients, name) =>
    (await runnerOf(clients).connect()).promise().query(`INSERT INTO effect (name) VALUES ('${name}')`),
  sqlite: async (clients, name) =>
    (await runnerOf(clients).connect()).prepare('INSERT INTO effect (name) VALUES (?)').run(name),
};

/** What the target system tells of the error with which `send` ends. */
async function explained(
  location: Location,
  send: (clients: Clients) => Promise<unknown>,
  outsideTransaction: OutsideTransactionPolicy = 'fail',
): Promise<ErrorExplanation | undefined> {
  const dataSource = await location.open();
  const target = new TypeOrmTargetSystem('user-db', dataSource);
  await target.markers(chainIn('default')).open();
  const error: unknown = await target
    .transaction(attemptScope({ outsideTransaction }), ({ clients }) => send(clients))
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  const wrapped = new Error('as the app tells it', { cause: error });
  expect(target.explain(wrapped)).toEqual(target.explain(error));
  return target.explain(error);
}

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('an error of %s', (kind) => {
  it('is told with the statement, without parameters, and the place in the code of the app', () =>
    withTargetLocation(kind, async (location) => {
      const [observer] = [await location.open()];
      await observer.query("INSERT INTO effect (name) VALUES ('s3cret-parameter')");
      for (const [way, send] of Object.entries({
        ...WAYS,
        'connection of the driver': THE_DRIVERS_OWN[kind],
      })) {
        const outside = way === 'query of another runner' ? 'allow' : 'fail';
        const told = await explained(
          location,
          async (clients) => void (await send(clients, 's3cret-parameter')),
          outside,
        );
        expect([way, told?.statement]).toEqual([way, expect.stringMatching(/^INSERT INTO/)]);
        if (way === 'repository' || way === 'nested transaction')
          expect(told?.statement).not.toContain('s3cret');
        expect([way, told?.at]).toEqual([way, expect.stringMatching(/target-explain\.test\.ts:\d+:\d+\)?$/)]);
        expect(told).not.toHaveProperty('alreadyExists');
        expect(told).not.toHaveProperty('fix');
      }
    }));

  it('is cut, and keeps no password', () =>
    withTargetLocation(kind, async (location) => {
      const statement = `CREATE NONSENSE shop PASSWORD 'hunter2'\n  ${'x '.repeat(5_000)}`;
      const told = await explained(location, (clients) => runnerOf(clients).query(statement));
      expect(told?.statement).toMatch(/^CREATE NONSENSE shop PASSWORD '\*\*\*' x x .* …$/);
      expect(told?.statement?.length).toBeLessThan(1_100);
    }));
});

/** What makes something, twice. */
const MAKES: Readonly<Record<DatabaseKind, readonly string[]>> = {
  postgres: [
    'CREATE TABLE t (id INT PRIMARY KEY)',
    'ALTER TABLE t ADD COLUMN a INT',
    'ALTER TABLE effect ADD PRIMARY KEY (name)',
    'CREATE INDEX i ON t (id)',
    "CREATE TYPE e AS ENUM ('a')",
    'ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0)',
    "CREATE FUNCTION f() RETURNS INT AS 'SELECT 1' LANGUAGE sql",
    'CREATE SCHEMA s',
    'CREATE VIEW v AS SELECT 1 AS x',
  ],
  mariadb: [
    'CREATE TABLE t (id INT PRIMARY KEY)',
    'ALTER TABLE t ADD COLUMN a INT',
    'ALTER TABLE effect ADD PRIMARY KEY (name)',
    'CREATE INDEX i ON t (id)',
    'ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0)',
    'ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES t (id)',
    'CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1',
    'CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1',
    'CREATE VIEW v AS SELECT 1 AS x',
    'CREATE DATABASE mysql',
  ],
  sqlite: [
    'CREATE TABLE t (id INT PRIMARY KEY)',
    'ALTER TABLE t ADD COLUMN a INT',
    'CREATE INDEX i ON t (id)',
    'CREATE TABLE i (id INT)',
    'CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END',
    'CREATE VIEW v AS SELECT 1 AS x',
  ],
};

/** What is an error, but of another kind. */
const OTHERS = [
  'CREATE TABLE',
  'SELECT * FROM nowhere',
  "INSERT INTO effect (name) VALUES ('twice'), ('twice')",
];

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('what exists already on %s', (kind) => {
  it('is known from the error of what makes it, and from no other error', () =>
    withTargetLocation(kind, async (location) => {
      const dataSource = await location.open();
      const target = new TypeOrmTargetSystem('user-db', dataSource);
      const errorOf = (statement: string): Promise<unknown> =>
        dataSource.query(statement).then(
          () => undefined,
          (error: unknown) => error,
        );
      for (const statement of MAKES[kind]) {
        await errorOf(statement);
        expect([statement, target.explain(await errorOf(statement))]).toEqual([
          statement,
          expect.objectContaining({ alreadyExists: true, statement }),
        ]);
      }
      for (const statement of OTHERS) {
        const error = await errorOf(statement);
        expect([statement, target.explain(error)]).toEqual([
          statement,
          expect.objectContaining({ statement }),
        ]);
        expect(target.explain(error)).not.toHaveProperty('alreadyExists');
      }
      for (const thrown of [undefined, null, 'already exists', new Error('table t already exists'), {}])
        expect(target.explain(thrown)).toBeUndefined();
    }));
});

/** What a database does not do within a transaction. */
const OUTSIDE_ONLY: readonly (readonly [DatabaseKind, string])[] = [
  ['postgres', 'CREATE INDEX CONCURRENTLY i ON effect (name)'],
  ['postgres', 'DROP INDEX CONCURRENTLY IF EXISTS i'],
  ['postgres', 'REINDEX TABLE CONCURRENTLY effect'],
  ['postgres', 'VACUUM effect'],
  ['postgres', 'CREATE DATABASE never'],
  ['postgres', "ALTER SYSTEM SET work_mem = '4MB'"],
  ['postgres', "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e ADD VALUE 'b'; SELECT 'b'::e"],
  ['sqlite', 'VACUUM'],
  ['sqlite', 'PRAGMA journal_mode = WAL'],
];

it.each(OUTSIDE_ONLY)('%s: %s points to transactional: false', (kind, statement) =>
  withTargetLocation(kind, async (location) => {
    const told = await explained(location, (clients) => runnerOf(clients).query(statement));
    expect(told?.fix?.[0]).toMatch(/transactional: false in @Change, with a @Rollback/);
    const late = await explained(location, (clients) => runnerOf(clients).query('SELECT * FROM nowhere'));
    expect(late).not.toHaveProperty('fix');
  }),
);
