import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import type { DataSource } from 'typeorm';
import { attemptScope } from './support/attempt-scope.js';
import {
  createTargetLocation,
  EffectEntity,
  insert,
  type Location,
  managerOf,
  runnerOf,
} from './support/target-location.js';

describe("SQLite's only connection", () => {
  let location: Location;
  let dataSource: DataSource;
  let target: TypeOrmTargetSystem;

  beforeEach(async () => {
    location = await createTargetLocation('sqlite');
    dataSource = await location.open();
    target = new TypeOrmTargetSystem('user-db', dataSource);
  });
  afterEach(() => location.drop());

  it.each([
    ['commits', undefined],
    ['fails', new Error('the change failed')],
  ])('keeps four transactions of the app apart from one of a change that %s', async (_, failure) => {
    // Not all in one tick: that is more than TypeORM itself can do on this connection.
    const write = async (name: string) => {
      await sleep(Number(name) * 4);
      await dataSource.transaction(async (manager) => {
        await manager.query(insert(`${name} a`));
        await sleep(5);
        await manager.query(insert(`${name} b`));
      });
    };
    const change = () =>
      target.transaction(attemptScope(), async ({ clients }) => {
        await runnerOf(clients).query(insert('change a'));
        await sleep(20);
        await managerOf(clients).save(EffectEntity, { name: 'change b' });
        if (failure) throw failure;
      });
    const before = ['0', '1', '2', '3'].map(write);
    await sleep(2);
    const results = await Promise.allSettled([change(), ...before, ...['4', '5', '6', '7'].map(write)]);
    const app = [...Array(8).keys()].flatMap((name) => [`${name} a`, `${name} b`]);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(failure ? 1 : 0);
    expect(await location.effects()).toEqual(failure ? app : [...app, 'change a', 'change b']);
  });

  it("keeps the app's statements out of a transaction that has begun: they come after it", async () => {
    let begun: () => void = () => {};
    const app = new Promise<void>((resolve) => (begun = resolve)).then(() => dataSource.query(insert('app')));
    const failing = target.transaction(attemptScope(), async ({ clients }) => {
      await runnerOf(clients).query(insert('change'));
      begun();
      await sleep(30);
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    await app;
    expect(await location.effects()).toEqual(['app']);
  });

  it('has what a repository does within the change in the transaction, nested transactions too', async () => {
    const repository = dataSource.getRepository(EffectEntity);
    const failing = target.transaction(attemptScope(), async () => {
      await repository.insert({ name: 'one' });
      await dataSource.transaction((manager) => manager.query(insert('two')));
      const part = dataSource.transaction(async (manager) => {
        await manager.query(insert('three'));
        throw new Error('only this part');
      });
      await expect(part).rejects.toThrow('only this part');
      expect(await repository.count()).toBe(2);
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await location.effects()).toEqual([]);
  });

  it('has it in the transaction also through a runner that the app holds all the time', async () => {
    const held = dataSource.createQueryRunner();
    const failing = target.transaction(attemptScope(), async () => {
      await held.query(insert('held'));
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await location.effects()).toEqual([]);
    await held.query(insert('after'));
    expect(await location.effects()).toEqual(['after']);
  });

  it('takes changes one after another', async () => {
    const seen: string[] = [];
    const change = (changeId: string) =>
      target.transaction(attemptScope({ changeId }), async () => {
        seen.push(`${changeId} begins`);
        await sleep(10);
        seen.push(`${changeId} ends`);
      });
    await Promise.all([change('a'), change('b')]);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('is left as it was', async () => {
    await target.transaction(attemptScope(), async () => {});
    const shared = dataSource.driver.createQueryRunner('master');
    expect(Object.hasOwn(shared, 'query')).toBe(false);
    expect(Object.hasOwn(dataSource, 'createQueryRunner')).toBe(false);
    expect(await dataSource.query('PRAGMA busy_timeout')).toEqual([{ timeout: 100 }]);
  });
});
