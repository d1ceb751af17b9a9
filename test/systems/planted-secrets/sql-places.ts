import { DataSource, type QueryRunner } from 'typeorm';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { createDatabase, type DatabaseKind } from '../../support/databases.js';
import { SECRET } from '../../unit/secret-shapes.js';
import type { Refused, SecretPlace } from './place.js';

const TABLES = [
  `CREATE TABLE accounts (id INT PRIMARY KEY, name VARCHAR(90) NOT NULL, api_token VARCHAR(90) UNIQUE,
    tenant INT, api_key VARCHAR(90), pin INT, auth_key INT, UNIQUE (tenant, api_key))`,
  `INSERT INTO accounts VALUES (1, 'a', '${SECRET}', 1, '${SECRET}', 1, 1)`,
  'CREATE TABLE logins (id INT, api_token VARCHAR(90), UNIQUE (id))',
  `INSERT INTO logins VALUES (1, '${SECRET}'), (2, '${SECRET}')`,
  'CREATE TABLE sessions (id VARCHAR(90) PRIMARY KEY)',
  `INSERT INTO sessions VALUES ('${SECRET}')`,
];

type Told = Readonly<Record<DatabaseKind, RegExp>>;

const said = (postgres: RegExp, mariadb: RegExp, sqlite: RegExp): Told => ({ postgres, mariadb, sqlite });
const TWICE = said(/duplicate key value/, /Duplicate entry/, /UNIQUE constraint failed: accounts/);
const SYNTAX = said(/syntax error at or near/, /error in your SQL syntax/, /syntax error/);

/** Statements that a database refuses, and what it says. */
const STATEMENTS: Readonly<Record<string, readonly [string, Told]>> = {
  'a secret that is there already': [
    `INSERT INTO accounts (id, name, api_token) VALUES (2, 'a', '${SECRET}')`,
    TWICE,
  ],
  'a key of several columns': [
    `INSERT INTO accounts (id, name, tenant, api_key) VALUES (2, 'a', 1, '${SECRET}')`,
    TWICE,
  ],
  'a row that lacks something': [
    `INSERT INTO accounts (id, name, api_token) VALUES (2, NULL, 'and ${SECRET}')`,
    said(/null value in column "name"/, /Column 'name' cannot be null/, /NOT NULL constraint failed/),
  ],
  'a slip in front of the secret': [
    `INSERT INTO accounts (id, name, api_token) VALUS (2, 'a', 'it''s ${SECRET}')`,
    SYNTAX,
  ],
  'a slip at the secret': [`INSERT INTO accounts (id, api_token) VALUES (2 '${SECRET}')`, SYNTAX],
  'a slip behind the secret': [`UPDATE accounts SET api_token = '${SECRET}' WERE id = 1`, SYNTAX],
  'a secret within a function': [
    `UPDATE accounts SET api_token = nonsense('${SECRET}', 1)`,
    said(/function nonsense/, /nonsense/i, /no such function: nonsense/),
  ],
  'an index over what is there twice': [
    'CREATE UNIQUE INDEX only_once ON logins (api_token)',
    said(/could not create unique index/, /Duplicate entry/, /UNIQUE constraint failed/),
  ],
  'a secret that is compared with something': [
    `SELECT pin FROM accounts WHERE '${SECRET}' = api_token AND pin = nothing(1)`,
    said(/function nothing/, /nothing/i, /near "nothing"|no such function/),
  ],
  'a secret whose name is a value': [
    `INSERT INTO accounts (name, nonsense) VALUES ('api_key', '${SECRET}')`,
    said(/column "nonsense"/, /nonsense/, /nonsense/),
  ],
};

function refusedBy(kind: DatabaseKind): SecretPlace['refused'] {
  const token = 'QueryRunner';
  const sent = Object.entries(STATEMENTS).map(([name, [statement, told]]): [string, Refused] => [
    name,
    {
      token,
      told: told[kind],
      // SQLite repeats no value.
      ...(kind === 'sqlite' && !statement.includes(SECRET) && { hidden: true }),
      work: (runner: QueryRunner) => runner.query(statement),
    },
  ]);
  const mark = kind === 'postgres' ? '$1' : '?';
  return {
    ...Object.fromEntries(sent),
    'a secret as a parameter': {
      token,
      told: TWICE[kind],
      work: (runner: QueryRunner) =>
        runner.query(`INSERT INTO accounts (id, name, api_token) VALUES (7, 'b', ${mark})`, [SECRET]),
    },
    'a key whose name tells nothing': {
      token,
      told: said(/duplicate key value/, /Duplicate entry .* for key 'PRIMARY'/, /sessions\.id/)[kind],
      work: (runner: QueryRunner) => runner.query(`INSERT INTO sessions (id) VALUES (${mark})`, [SECRET]),
    },
    ...(kind === 'postgres' && ofPostgres()),
    ...(kind === 'mariadb' && ofMariaDb()),
  };
}

function ofPostgres(): SecretPlace['refused'] {
  const token = 'QueryRunner';
  return {
    'a value of another type': {
      token,
      told: /invalid input syntax for type integer/,
      work: (runner: QueryRunner) => runner.query('UPDATE accounts SET auth_key = $1', [SECRET]),
    },
    'the context of a function': {
      token,
      told: /duplicate key value/,
      work: (runner: QueryRunner) =>
        runner.query(
          `DO $$ BEGIN INSERT INTO accounts (id, name, api_token) VALUES (2, 'a', '${SECRET}'); END $$`,
        ),
    },
  };
}

function ofMariaDb(): SecretPlace['refused'] {
  return {
    'a value of another type': {
      token: 'QueryRunner',
      told: /Incorrect integer value: '\*\*\*' for column/,
      work: (runner: QueryRunner) => runner.query('UPDATE accounts SET auth_key = ?', [SECRET]),
    },
  };
}

/** A database with accounts, whose tokens are the secret. */
export async function sqlPlace(kind: DatabaseKind): Promise<SecretPlace> {
  const { dataSourceOptions, drop } = await createDatabase(kind);
  const dataSource = await new DataSource(dataSourceOptions).initialize();
  for (const statement of TABLES) await dataSource.query(statement);
  return {
    options: (namespace) => ({
      auditStore: new TypeOrmAuditStore(dataSource, { namespace }),
      targetSystems: [new TypeOrmTargetSystem('there', dataSource)],
    }),
    refused: refusedBy(kind),
    stored: async () => {
      const tables = ['audit', 'lock'].map((name) => `flamingock_${name}`);
      const rows: unknown[] = [];
      for (const table of tables) rows.push(await dataSource.query(`SELECT * FROM ${table}`));
      return JSON.stringify(rows);
    },
    drop: async () => {
      await dataSource.destroy();
      await drop();
    },
  };
}
