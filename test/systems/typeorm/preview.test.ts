import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Duration, PreviewedOperation } from 'nestjs-flamingock';
import type { Clients } from 'nestjs-flamingock/kit';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { type DataSource, Table, TableColumn } from 'typeorm';
import type { DatabaseKind } from '../../support/databases.js';
import { attemptScope } from './support/attempt-scope.js';
import { dump } from './support/dump.js';
import {
  createTargetLocation,
  dataSourceOf,
  EffectEntity,
  insert,
  type Location,
  managerOf,
  runnerOf,
} from './support/target-location.js';

type Work = (clients: Clients) => Promise<unknown>;

/** A preview, and what must hold after each: nothing has changed, and the connections are given back. */
function previews(kind: DatabaseKind) {
  const held: { location?: Location; app?: DataSource } = {};
  const app = (): DataSource => held.app as DataSource;
  beforeAll(async () => {
    held.location = await createTargetLocation(kind);
    held.app = await held.location.open();
    await app().query('CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50))');
    await app().query("INSERT INTO users VALUES (1, 'Ann'), (2, 'Bob')");
  });
  afterAll(() => held.location?.drop());
  const preview = async (
    work: Work,
    previewLimit: Duration = '30s',
  ): Promise<{ told: PreviewedOperation[]; error?: unknown }> => {
    const target = new TypeOrmTargetSystem('user-db', app(), { previewLimit });
    const told: PreviewedOperation[] = [];
    const before = await dump(kind, app());
    const note = (operation: PreviewedOperation): void => void told.push(operation);
    const error: unknown = await target
      .preview(attemptScope(), note, async (clients) => void (await work(clients)))
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    expect(await dump(kind, app())).toEqual(before);
    return { told, error };
  };
  return { app, preview };
}

const summaries = (told: readonly PreviewedOperation[]): string[] => told.map(({ summary }) => summary);

const addsStatus: Work = async (clients) => {
  const runner = runnerOf(clients);
  await runner.addColumn(
    'users',
    new TableColumn({ name: 'status', type: 'varchar', length: '20', isNullable: true }),
  );
  await runner.query(`UPDATE users SET status = 'active' WHERE status IS NULL`);
  await managerOf(clients).transaction((manager) => manager.insert(EffectEntity, { name: 'one' }));
};

describe.each(['postgres', 'sqlite'] as const)('a preview on %s', (kind) => {
  const { app, preview } = previews(kind);

  it('lists what would be sent, without reads, and rolls it back', async () => {
    const { told, error } = await preview(addsStatus);
    expect(error).toBeUndefined();
    expect(summaries(told).at(0)).toMatch(
      kind === 'sqlite' ? /^CREATE TABLE / : /^ALTER TABLE "users" ADD "status"/,
    );
    expect(summaries(told).at(-2)).toBe("UPDATE users SET status = 'active' WHERE status IS NULL");
    expect(summaries(told).at(-1)).toMatch(/^INSERT INTO "effect"\("name"\) VALUES \((\$1|\?)\)/);
  });

  it('lets the change see what it did itself, by the connection of the driver too', async () => {
    const { told, error } = await preview(async (clients) => {
      await runnerOf(clients).query('CREATE TABLE own (a INTEGER)');
      for (const value of [1, 1]) await runnerOf(clients).query(`INSERT INTO own VALUES (${value})`);
      expect(await runnerOf(clients).query('SELECT * FROM own')).toHaveLength(2);
      const connection = await runnerOf(clients).connect();
      if (kind === 'sqlite') connection.exec(insert('raw'));
      else await connection.query(insert('raw'));
    });
    expect(error).toBeUndefined();
    expect(summaries(told)).toEqual([
      'CREATE TABLE own (a INTEGER)',
      'INSERT INTO own VALUES (1)',
      'INSERT INTO own VALUES (1)',
      insert('raw'),
    ]);
  });

  it('ends with what the database does not take', async () => {
    const { told, error } = await preview(async (clients) => {
      await runnerOf(clients).query(insert('one'));
      await runnerOf(clients).query('UPDATE nothing SET a = 1');
    });
    expect(error).toMatchObject({ message: expect.stringContaining('nothing') });
    expect(summaries(told)).toEqual([insert('one'), 'UPDATE nothing SET a = 1']);
  });

  it.each(['COMMIT', `${insert('one')}; COMMIT`])('refuses %s', async (statement) => {
    const { error } = await preview((clients) => runnerOf(clients).query(statement));
    expect(error).toMatchObject({ code: 'TARGET_SYSTEM' });
  });

  it('withholds what a rollback does not undo', async () => {
    const statement = kind === 'sqlite' ? 'PRAGMA foreign_keys = OFF' : "SELECT setval('users_id_seq', 100)";
    const { told, error } = await preview((clients) => runnerOf(clients).query(statement));
    expect([told, error]).toEqual([
      [{ summary: statement, untried: 'a rollback would not take it back' }],
      undefined,
    ]);
  });

  it('ends when it takes too long, and gives its locks back', async () => {
    const { error } = await preview(async (clients) => {
      await runnerOf(clients).query('DROP TABLE users');
      await new Promise(() => undefined);
    }, '1s');
    expect(error).toMatchObject({ message: expect.stringContaining('took longer than 1000 ms') });
    expect(await app().query('SELECT name FROM users')).toHaveLength(2);
  });
});

describe('a preview on PostgreSQL', () => {
  const { app, preview } = previews('postgres');

  it('lists what cannot run in a transaction, and goes on', async () => {
    const index = 'CREATE INDEX CONCURRENTLY by_name ON users (name)';
    const { told, error } = await preview(async (clients) => {
      await runnerOf(clients).query(index);
      await runnerOf(clients).query(insert('one'));
    });
    expect([told, error]).toEqual([
      [{ summary: index, untried: 'it cannot run within a transaction' }, { summary: insert('one') }],
      undefined,
    ]);
  });

  it('refuses what goes around the transaction, whatever the change allows', async () => {
    const { told, error } = await preview(() => app().getRepository(EffectEntity).insert({ name: 'one' }));
    const viaClient = await preview((clients) => dataSourceOf(clients).query(insert('one')));
    for (const thrown of [error, viaClient.error])
      expect(thrown).toMatchObject({ code: 'OUTSIDE_TRANSACTION' });
    expect(told).toEqual([]);
  });

  it('waits no longer than half its limit for a lock, and leaves no session lock behind', async () => {
    const other = app().createQueryRunner();
    await other.startTransaction();
    await other.query('LOCK TABLE users');
    const told: PreviewedOperation[] = [];
    const target = new TypeOrmTargetSystem('user-db', app(), { previewLimit: '3s' });
    const waiting = target.preview(
      attemptScope(),
      (operation) => told.push(operation),
      async (clients) => {
        await runnerOf(clients).query('SELECT pg_advisory_lock(7)');
        await runnerOf(clients).query('UPDATE users SET id = 3');
      },
    );
    await expect(waiting).rejects.toThrow(/waited 1500 ms for a lock of another session/);
    await other.rollbackTransaction();
    await other.release();
    const held = await app().query(
      `SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE datname = current_database() AND locktype = 'advisory'`,
    );
    expect(held).toEqual([]);
  });
});

describe('a preview on MariaDB', () => {
  const { preview } = previews('mariadb');
  const why = 'this database commits some statements on its own, so a preview sends it nothing but reads';

  it('lists what would be sent, and sends nothing of it', async () => {
    const { told, error } = await preview(async (clients) => {
      await addsStatus(clients);
      await runnerOf(clients).createTable(
        new Table({ name: 'orders', columns: [{ name: 'id', type: 'int' }] }),
      );
      await runnerOf(clients).query('SET GLOBAL max_connections = 77');
      await runnerOf(clients).query("CREATE USER shop IDENTIFIED BY 'hidden'");
      expect(await runnerOf(clients).query('SELECT name FROM users')).toHaveLength(2);
    });
    expect(error).toBeUndefined();
    expect(told.every(({ untried }) => untried === why)).toBe(true);
    expect(summaries(told)).toEqual([
      'ALTER TABLE `users` ADD `status` varchar(20) NULL',
      "UPDATE users SET status = 'active' WHERE status IS NULL",
      'INSERT INTO `effect`(`name`) VALUES (?)',
      'CREATE TABLE `orders` (`id` int NOT NULL) ENGINE=InnoDB',
      'SET GLOBAL max_connections = 77',
      "CREATE USER shop IDENTIFIED BY '***'",
    ]);
  });

  it('refuses what goes to the connection itself', async () => {
    const { told, error } = await preview(async (clients) =>
      (await runnerOf(clients).connect()).promise().query('DROP TABLE users'),
    );
    expect(error).toMatchObject({ message: expect.stringContaining('send it by queryRunner.query') });
    expect(told).toEqual([]);
  });

  it('has a server that refuses what slips through', async () => {
    const { error } = await preview(async (clients) => {
      const connection = (await runnerOf(clients).connect()).promise();
      const prepared = await connection.prepare('DROP TABLE users');
      await prepared.execute([]);
    });
    expect(error).toMatchObject({ message: expect.stringMatching(/READ ONLY/i) });
  });
});
