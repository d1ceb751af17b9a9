import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { flamingockJava, flywayHistory, prismaMigrations } from 'nestjs-flamingock/typeorm';
import type { DatabaseKind } from '../support/databases.js';
import { createSqlLocation, type SqlLocation, statesOf } from './sql-location.js';

/**
 * Rows that the tools were not made to write (see fixtures/make.ts for those that they were): Flyway's undo is not in its
 * community edition, Prisma's native engines write other times than its WASM one, and Flamingock for Java is no tool of npm
 * or Maven's search: tables as the tools create them, and rows as they write them, written by hand.
 */

const KINDS: readonly DatabaseKind[] = ['postgres', 'sqlite'];

function inPlace(kind: DatabaseKind): () => SqlLocation {
  let location: SqlLocation;
  beforeEach(async () => {
    location = await createSqlLocation(kind);
  });
  afterEach(() => location.drop());
  return () => location;
}

describe.each(KINDS)('Flyway on %s', (kind) => {
  const location = inPlace(kind);

  const TABLE = `CREATE TABLE "flyway_schema_history" ("installed_rank" INTEGER NOT NULL PRIMARY KEY, "version" VARCHAR(50),
    "description" VARCHAR(200) NOT NULL, "type" VARCHAR(20) NOT NULL, "script" VARCHAR(1000) NOT NULL, "checksum" INTEGER,
    "installed_by" VARCHAR(100) NOT NULL, "installed_on" TIMESTAMP NOT NULL DEFAULT '2024-01-01 10:00:00',
    "execution_time" INTEGER NOT NULL, "success" BOOLEAN NOT NULL)`;

  type Row = readonly [version: string | null, type: string, script: string, success?: boolean];

  async function record(...rows: readonly Row[]): Promise<void> {
    const quoted = (text: string | null) => (text === null ? 'NULL' : `'${text}'`);
    const values = rows.map(
      ([version, type, script, success = true], rank) =>
        `(${rank + 1}, ${quoted(version)}, 'about it', '${type}', '${script}', 7, 'ann', 12, ${success})`,
    );
    await location().execute(
      TABLE,
      `INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
       VALUES ${values.join(', ')}`,
    );
  }

  const states = () => statesOf(flywayHistory(location().dataSource));

  it('tells what it knows of a migration', async () => {
    await record(['1', 'SQL', 'V1__create_users.sql']);
    const [row] = await location().rows(flywayHistory);
    expect(row).toMatchObject({
      name: 'V1__create_users.sql',
      state: 'applied',
      author: 'ann',
      description: 'about it',
      durationMs: 12,
      facts: { installedRank: 1, version: '1', type: 'SQL', checksum: 7 },
    });
    expect(row?.at).toBe('2024-01-01T10:00:00.000Z');
  });

  it('created the schema, which is no migration', async () => {
    await record([null, 'SCHEMA', '"shop"'], ['1', 'SQL', 'V1__users.sql'], ['2', 'JDBC', 'db.V2__Status']);
    expect(await states()).toEqual(['V1__users.sql applied', 'db.V2__Status applied']);
  });

  it('has undone, and done again', async () => {
    await record(
      ['1', 'SQL', 'V1__users.sql'],
      ['2', 'SQL', 'V2__status.sql'],
      ['2', 'UNDO_SQL', 'U2__status.sql'],
      ['1', 'UNDO_SQL', 'U1__users.sql'],
      ['1', 'SQL', 'V1__users.sql'],
    );
    expect(await states()).toEqual(['V2__status.sql rolled-back', 'V1__users.sql applied']);
  });

  it('could not undo', async () => {
    await record(['1', 'SQL', 'V1__users.sql'], ['1', 'UNDO_SQL', 'U1__users.sql', false]);
    expect(await states()).toEqual(['V1__users.sql failed']);
  });

  it('repeats a migration, and has struck one out', async () => {
    await record(
      [null, 'SQL', 'R__views.sql'],
      ['1', 'SQL', 'V1__users.sql'],
      ['2', 'SQL', 'V2__gone.sql'],
      ['3', 'SQL', 'V3__undone.sql'],
      [null, 'SQL', 'R__views.sql'],
      ['2', 'DELETE', 'V2__gone.sql'],
      ['3', 'UNDO_SQL', 'U3__undone.sql'],
      ['3', 'DELETE', 'V3__undone.sql'],
    );
    expect(await states()).toEqual([
      'V1__users.sql applied',
      'R__views.sql applied',
      'V2__gone.sql struck-out',
      'V3__undone.sql rolled-back',
    ]);
  });

  it('wrote times without a zone', async () => {
    await record(['1', 'SQL', 'V1__users.sql']);
    const read = async (options?: Parameters<typeof flywayHistory>[1]) =>
      (await flywayHistory(location().dataSource, options).read()).map(({ at, zone }) => ({ at, zone }));
    const utc = '2024-01-01T10:00:00.000Z';
    // SQLite's own clock, which Flyway asks there, always tells UTC.
    const assumed = kind === 'sqlite' ? {} : { zone: 'UTC' };
    expect(await read()).toEqual([{ at: utc, ...assumed }]);
    expect(await read({ timeZone: 'America/New_York' })).toEqual([
      kind === 'sqlite' ? { at: utc } : { at: '2024-01-01T15:00:00.000Z', zone: 'America/New_York' },
    ]);
    await expect(read({ timeZone: 'Mars/Olympus' })).rejects.toThrow(
      /timeZone 'Mars\/Olympus'.*Europe\/Berlin/,
    );
  });
});

describe.each(KINDS)('Prisma on %s', (kind) => {
  const location = inPlace(kind);
  const moment = kind === 'postgres' ? 'TIMESTAMPTZ' : 'DATETIME';

  const TABLE = `CREATE TABLE "_prisma_migrations" ("id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL,
    "finished_at" ${moment}, "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" ${moment},
    "started_at" ${moment} NOT NULL, "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

  /** Seconds of one minute; SQLite keeps them as Prisma writes them there: in milliseconds since 1970. */
  const at = (second: number | null) =>
    second === null
      ? 'NULL'
      : kind === 'postgres'
        ? `'2024-01-01 10:00:0${second}+00'`
        : String(Date.UTC(2024, 0, 1, 10, 0, second));

  type Row = readonly [name: string, started: number, finished: number | null, rolledBack?: number];

  async function record(...rows: readonly Row[]): Promise<void> {
    const values = rows.map(
      ([name, started, finished, rolledBack = null], index) =>
        `('id-${index}', 'sum', ${at(finished)}, '${name}', NULL, ${at(rolledBack)}, ${at(started)}, 1)`,
    );
    await location().execute(TABLE, `INSERT INTO _prisma_migrations VALUES ${values.join(', ')}`);
  }

  it('tells what it knows of a migration', async () => {
    await record(['20240101000000_users', 1, 3]);
    expect(await location().rows(prismaMigrations)).toEqual([
      {
        name: '20240101000000_users',
        state: 'applied',
        at: '2024-01-01T10:00:03.000Z',
        durationMs: 2000,
        remark: expect.any(String),
        facts: { checksum: 'sum', appliedSteps: 1 },
      },
    ]);
  });

  it('failed, was rolled back, and succeeded with the second try', async () => {
    await record(
      ['users', 1, 1],
      ['status', 2, null, 3],
      ['orders', 3, null, 4],
      ['orders', 5, 6],
      ['bills', 7, null],
    );
    expect(await statesOf(prismaMigrations(location().dataSource))).toEqual([
      'users applied',
      'status rolled-back',
      'orders applied',
      'bills failed',
    ]);
  });
});

describe.each(KINDS)('Flamingock Java on %s', (kind) => {
  const location = inPlace(kind);
  const flag = kind === 'postgres' ? 'BOOLEAN' : 'INTEGER';

  /** Names without quotes, as its statements have them. */
  const TABLE = `CREATE TABLE flamingockAuditLog (id ${kind === 'postgres' ? 'SERIAL' : 'INTEGER'} PRIMARY KEY, execution_id VARCHAR(255),
    stage_id VARCHAR(255), change_id VARCHAR(255), author VARCHAR(255), created_at TIMESTAMP, state VARCHAR(32),
    invoked_class VARCHAR(255), invoked_method VARCHAR(255), source_file VARCHAR(255), metadata TEXT, execution_millis BIGINT,
    execution_hostname VARCHAR(255), error_trace TEXT, type VARCHAR(32), tx_strategy VARCHAR(32), target_system_id VARCHAR(255),
    change_order VARCHAR(255), recovery_strategy VARCHAR(32), transaction_flag ${flag}, system_change ${flag})`;

  async function record(
    ...rows: readonly (readonly [id: string, state: string, system?: boolean])[]
  ): Promise<void> {
    const values = rows.map(
      ([id, state, system = false]) =>
        `('run-1', 'changes', '${id}', 'ann', '2024-01-01 10:00:00', '${state}', 'demo.AddUserStatus', 'apply', NULL,
          '{owner=platform, build=42}', 74, 'vm', '', 'STANDARD_CODE', 'NON_TX', 'user-db', '0001', 'MANUAL_INTERVENTION', ${
            kind === 'postgres' ? `true, ${system}` : `1, ${Number(system)}`
          })`,
    );
    await location().execute(
      TABLE,
      `INSERT INTO flamingockAuditLog (execution_id, stage_id, change_id, author, created_at, state, invoked_class, invoked_method,
        source_file, metadata, execution_millis, execution_hostname, error_trace, type, tx_strategy, target_system_id, change_order,
        recovery_strategy, transaction_flag, system_change) VALUES ${values.join(', ')}`,
    );
  }

  it('tells what it knows of a change', async () => {
    await record(['add-user-status', 'STARTED'], ['add-user-status', 'APPLIED']);
    expect(await location().rows(flamingockJava)).toMatchObject([
      {
        name: 'add-user-status',
        state: 'applied',
        author: 'ann',
        durationMs: 74,
        facts: {
          state: 'APPLIED',
          executionId: 'run-1',
          invokedClass: 'demo.AddUserStatus',
          targetSystemId: 'user-db',
          changeOrder: '0001',
          metadata: '{owner=platform, build=42}',
        },
      },
    ]);
  });

  it('left changes in every state', async () => {
    await record(
      ['a', 'STARTED'],
      ['b', 'APPLIED'],
      ['c', 'FAILED'],
      ['d', 'ROLLED_BACK'],
      ['e', 'ROLLBACK_FAILED'],
      ['f', 'MANUAL_MARKED_AS_APPLIED'],
      ['g', 'MANUAL_MARKED_AS_ROLLED_BACK'],
      ['h', 'A_WORD_OF_TOMORROW'],
      ['i', 'APPLIED', true],
    );
    expect(await statesOf(flamingockJava(location().dataSource))).toEqual([
      'a failed',
      'b applied',
      'c failed',
      'd rolled-back',
      'e failed',
      'f applied',
      'g rolled-back',
      'h failed',
    ]);
  });
});
