import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AttemptEndedError } from 'nestjs-flamingock';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import type { EntityManager, QueryRunner } from 'typeorm';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { attemptScope } from './support/attempt-scope.js';
import {
  createTargetLocation,
  EffectEntity,
  insert,
  type Location,
  managerOf,
  runnerOf,
} from './support/target-location.js';

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('a change on %s', (kind) => {
  let location: Location;
  let target: TypeOrmTargetSystem;

  beforeAll(async () => {
    location = await createTargetLocation(kind);
    target = new TypeOrmTargetSystem('user-db', await location.open());
    await target.markers(chainIn('default')).open();
  });
  afterAll(() => location.drop());

  it('that forgets to await a save of several statements: all of them are in the transaction', async () => {
    await target.transaction(attemptScope(), async (transaction) => {
      void managerOf(transaction.clients).save(EffectEntity, [{ name: 'first' }, { name: 'second' }]);
      await transaction.seal();
    });
    expect(await location.effects()).toEqual(expect.arrayContaining(['first', 'second']));
  });

  it('that forgets to await a statement that fails: fails with its error', async () => {
    const failing = target.transaction(attemptScope(), async (transaction) => {
      await runnerOf(transaction.clients).query(insert('kept?'));
      runnerOf(transaction.clients)
        .query('INSERT INTO nowhere VALUES (1)')
        .catch(() => {});
      await transaction.seal();
    });
    await expect(failing).rejects.toThrow(/nowhere/);
    expect(await location.effects()).not.toContain('kept?');
  });

  it('that goes on after its time was up: each statement throws and reaches nothing, at any moment', async () => {
    const errors: unknown[] = [];
    const goOn = async (manager: EntityManager): Promise<void> => {
      for (let index = 0; index < 40; index += 1) {
        await manager.query(insert(`late ${index}`)).catch((error: unknown) => errors.push(error));
        await sleep(Math.random() * 2);
      }
    };
    let going: Promise<void> | undefined;
    const failing = target.transaction(attemptScope(), async ({ clients }) => {
      going = goOn(managerOf(clients));
      await sleep(15);
      throw new Error('timeout');
    });
    await expect(failing).rejects.toThrow('timeout');
    await target.transaction(attemptScope({ changeId: 'next' }), () => sleep(20));
    await going;
    expect(errors.length).toBeGreaterThan(0);
    expect((await location.effects()).filter((name) => name.startsWith('late'))).toEqual([]);
  });

  it('is told what came too late, and by which change', async () => {
    let stolen: QueryRunner | undefined;
    await target.transaction(attemptScope(), async ({ clients }) => void (stolen = runnerOf(clients)));
    const late = stolen?.query(insert('too late'));
    await expect(late).rejects.toThrow(AttemptEndedError);
    await expect(late).rejects.toThrow(/Change 'add-user-status' \(attempt 1\).*'user-db'.*'too late'/s);
    await expect(stolen?.startTransaction()).rejects.toThrow(AttemptEndedError);
    await expect(stolen?.connect()).rejects.toThrow(AttemptEndedError);
  });
});

describe.each([
  ['postgres', 'SELECT pg_sleep(60)'],
  ['mariadb', 'SELECT SLEEP(60)'],
] as const)('a statement that %s is still busy with when the time is up', (kind, statement) => {
  it('is given up, so that the rollback need not wait for it', async () => {
    const location = await createTargetLocation(kind);
    try {
      const target = new TypeOrmTargetSystem('user-db', await location.open());
      await target.markers(chainIn('default')).open();
      const begun = performance.now();
      const failing = target.transaction(attemptScope(), async ({ clients }) => {
        await runnerOf(clients).query(insert('rolled back'));
        runnerOf(clients)
          .query(statement)
          .catch(() => {});
        await sleep(100);
        throw new Error('timeout');
      });
      await expect(failing).rejects.toThrow('timeout');
      expect(performance.now() - begun).toBeLessThan(15_000);
      expect(await location.effects()).toEqual([]);
    } finally {
      await location.drop();
    }
  });
});
