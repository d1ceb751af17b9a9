import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TargetSystemError } from 'nestjs-flamingock';
import type { TargetTransaction } from 'nestjs-flamingock/kit';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import type { DataSource } from 'typeorm';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { attemptScope } from './support/attempt-scope.js';
import {
  createTargetLocation,
  insert,
  type Location,
  managerOf,
  runnerOf,
} from './support/target-location.js';

type Work = (transaction: TargetTransaction) => Promise<unknown>;

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('the bounds of a transaction on %s', (kind) => {
  let location: Location;
  let dataSource: DataSource;
  let target: TypeOrmTargetSystem;

  beforeAll(async () => {
    location = await createTargetLocation(kind);
    dataSource = await location.open();
    target = new TypeOrmTargetSystem('user-db', dataSource);
    await target.markers(chainIn('default')).open();
  });
  afterAll(() => location.drop());

  const run = (work: Work, given = {}) =>
    target.transaction(attemptScope(given), async (transaction) => {
      await work(transaction);
      return transaction.seal();
    });

  it.each([
    'COMMIT',
    'commit;',
    '  ROLLBACK',
    '-- done\nCOMMIT',
    '/* done */ ROLLBACK',
    'BEGIN',
    'START TRANSACTION',
    'END',
  ])('refuse the statement %j, and what came before it can still be committed', async (statement) => {
    const name = `before ${statement}`;
    await run(async ({ clients }) => {
      await runnerOf(clients).query(insert(name));
      await expect(runnerOf(clients).query(statement)).rejects.toThrow(
        /'add-user-status'.*Flamingock begins and ends/,
      );
    });
    expect(await location.effects()).toContain(name);
  });

  it('refuse it also through the connection of the driver', async () => {
    await run(async ({ clients }) => {
      const connection = await runnerOf(clients).connect();
      const send = kind === 'sqlite' ? 'exec' : 'query';
      expect(() => connection[send]('COMMIT')).toThrow(TargetSystemError);
      if (kind === 'mariadb') expect(() => connection.commit()).toThrow(TargetSystemError);
      if (kind !== 'sqlite') expect(() => connection.release()).toThrow(/release\(\)/);
    });
  });

  it('refuse to end our transaction through the QueryRunner, and keep it open', async () => {
    await run(async ({ clients }) => {
      const runner = runnerOf(clients);
      await expect(runner.commitTransaction()).rejects.toThrow(
        /commitTransaction\(\).*\n.*To fix|commitTransaction/,
      );
      await expect(runner.rollbackTransaction()).rejects.toThrow(TargetSystemError);
      if (kind !== 'sqlite') await expect(runner.release()).rejects.toThrow(TargetSystemError);
      await runner.query(insert('still open'));
      expect(await location.effects()).not.toContain('still open');
    });
    expect(await location.effects()).toContain('still open');
  });

  it('let a change nest: a part that fails is undone, the rest stays', async () => {
    await run(async ({ clients }) => {
      const runner = runnerOf(clients);
      await runner.query(insert('outer'));
      const part = managerOf(clients).transaction(async (manager) => {
        await manager.query(insert('inner'));
        throw new Error('only this part');
      });
      await expect(part).rejects.toThrow('only this part');
      await runner.startTransaction();
      await runner.query(insert('second part'));
      await runner.commitTransaction();
    });
    const effects = await location.effects();
    expect(effects).toEqual(expect.arrayContaining(['outer', 'second part']));
    expect(effects).not.toContain('inner');
  });
});

describe('a transaction that PostgreSQL has given up', () => {
  let location: Location;
  let target: TypeOrmTargetSystem;

  beforeAll(async () => {
    location = await createTargetLocation('postgres');
    target = new TypeOrmTargetSystem('user-db', await location.open());
  });
  afterAll(() => location.drop());

  it('because a statement failed and the change caught the error: fails, and says so', async () => {
    const failing = target.transaction(attemptScope(), async ({ clients }) => {
      await runnerOf(clients).query(insert('lost'));
      await runnerOf(clients)
        .query('SELECT * FROM nowhere')
        .catch(() => {});
    });
    await expect(failing).rejects.toThrow(/caught its error.*savepoint/s);
    expect(await location.effects()).not.toContain('lost');
  });

  it('because a COMMIT was hidden behind another statement: fails, and says so', async () => {
    const failing = target.transaction(attemptScope(), ({ clients }) =>
      runnerOf(clients).query(`${insert('committed by itself')}; COMMIT`),
    );
    await expect(failing).rejects.toThrow(/has committed or rolled back the transaction/);
  });

  it('because the connection was lost: fails, and the next attempt has another connection', async () => {
    const failing = target.transaction(attemptScope(), async ({ clients }) => {
      await runnerOf(clients).query(insert('lost with it'));
      await runnerOf(clients).query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    await expect(failing).rejects.toThrow();
    await target.transaction(attemptScope(), ({ clients }) => runnerOf(clients).query(insert('next')));
    expect(await location.effects()).toEqual(['committed by itself', 'next']);
  });
});

describe('a transaction that SQLite has given up', () => {
  it('lets nothing more pass, so that nothing is outside of it', async () => {
    const location = await createTargetLocation('sqlite');
    try {
      const target = new TypeOrmTargetSystem('user-db', await location.open());
      const failing = target.transaction(attemptScope(), async ({ clients }) => {
        const runner = runnerOf(clients);
        await runner.query(insert('twice'));
        await runner.query("INSERT OR ROLLBACK INTO effect VALUES ('twice')").catch(() => {});
        await runner.query(insert('alone')).catch(() => {});
      });
      await expect(failing).rejects.toThrow(/rolled back the transaction/);
      expect(await location.effects()).toEqual([]);
    } finally {
      await location.drop();
    }
  });
});
