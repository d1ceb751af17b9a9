import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AttemptEndedError, OutsideTransactionError } from 'nestjs-flamingock';
import type { TargetTransaction } from 'nestjs-flamingock/kit';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import type { DataSource, Repository } from 'typeorm';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { attemptScope } from './support/attempt-scope.js';
import {
  createTargetLocation,
  dataSourceOf,
  EffectEntity,
  type EffectRow,
  insert,
  type Location,
  managerOf,
  runnerOf,
} from './support/target-location.js';

/** What a change got by injection in its constructor. */
class Injected {
  constructor(readonly repository: Repository<EffectRow>) {}

  async write(name: string): Promise<void> {
    await this.repository.insert({ name });
  }
}

describe.each(['postgres', 'mariadb'] as const)('a statement beside the transaction, on %s', (kind) => {
  let location: Location;
  let dataSource: DataSource;
  let target: TypeOrmTargetSystem;
  let injected: Injected;

  beforeAll(async () => {
    location = await createTargetLocation(kind);
    dataSource = await location.open();
    target = new TypeOrmTargetSystem('user-db', dataSource);
    injected = new Injected(dataSource.getRepository(EffectEntity));
    await target.markers(chainIn('default')).open();
  });
  afterAll(() => location.drop());

  const run = (work: (transaction: TargetTransaction) => Promise<unknown>, given = {}) =>
    target.transaction(attemptScope(given), async (transaction) => {
      await work(transaction);
      await transaction.seal();
    });

  it('is refused with an error that names the change, the statement and the two ways out', async () => {
    const failing = run(() => injected.write('refused'));
    await expect(failing).rejects.toThrow(OutsideTransactionError);
    await expect(failing).rejects.toThrow(/'add-user-status'.*'user-db'.*INSERT INTO/s);
    await expect(failing).rejects.toThrow(/manager\.withRepository\(repository\)/);
    await expect(failing).rejects.toThrow(/outsideTransaction: 'allow'/);
    expect(await location.effects()).not.toContain('refused');
  });

  it('fails the change also when the change swallows the error, and everything with it', async () => {
    const failing = run(async ({ clients }) => {
      await runnerOf(clients).query(insert('inside'));
      await injected.write('swallowed').catch(() => {});
    });
    await expect(failing).rejects.toThrow(OutsideTransactionError);
    const effects = await location.effects();
    expect(effects).not.toContain('inside');
    expect(effects).not.toContain('swallowed');
  });

  it('is refused for a transaction, a query builder, raw SQL, a read and a runner of the DataSource', async () => {
    const ways: (() => Promise<unknown>)[] = [
      () => dataSource.transaction((manager) => manager.query(insert('way'))),
      () => dataSource.createQueryBuilder().insert().into('effect').values({ name: 'way' }).execute(),
      () => dataSource.query(insert('way')),
      () => injected.repository.count(),
      () => dataSource.createQueryRunner().query(insert('way')),
      () => dataSource.manager.save(EffectEntity, { name: 'way' }),
    ];
    for (const way of ways) await expect(run(way)).rejects.toThrow(OutsideTransactionError);
    await expect(run(({ clients }) => dataSourceOf(clients).query(insert('way')))).rejects.toThrow(
      OutsideTransactionError,
    );
    expect(await location.effects()).not.toContain('way');
  });

  it('is no such statement when the repository is bound to the manager of the change', async () => {
    await run(({ clients }) =>
      managerOf(clients).withRepository(injected.repository).insert({ name: 'bound' }),
    );
    expect(await location.effects()).toContain('bound');
  });

  it('passes where the change allows it, and stays when the change fails', async () => {
    const failing = run(
      async ({ clients }) => {
        await injected.write('beside');
        await dataSourceOf(clients).transaction((manager) => manager.query(insert('beside too')));
        await runnerOf(clients).query(insert('within'));
        throw new Error('the change failed');
      },
      { outsideTransaction: 'allow' },
    );
    await expect(failing).rejects.toThrow('the change failed');
    const effects = await location.effects();
    expect(effects).toEqual(expect.arrayContaining(['beside', 'beside too']));
    expect(effects).not.toContain('within');
  });

  it('is refused after the end through the DataSource that the change got, allowed or not', async () => {
    let stolen: DataSource | undefined;
    await run(async ({ clients }) => void (stolen = dataSourceOf(clients)), { outsideTransaction: 'allow' });
    await expect(stolen?.query(insert('after'))).rejects.toThrow(AttemptEndedError);
    await expect(stolen?.getRepository(EffectEntity).insert({ name: 'after' })).rejects.toThrow(
      AttemptEndedError,
    );
    expect(await location.effects()).not.toContain('after');
  });

  it('is refused through a runner that the app opened before the change began', async () => {
    const opened = dataSource.createQueryRunner();
    await opened.query(insert('opened before'));
    await expect(run(() => opened.query(insert('through it')))).rejects.toThrow(OutsideTransactionError);
    await opened.query(insert('afterwards'));
    await opened.release();
    const effects = await location.effects();
    expect(effects).toEqual(expect.arrayContaining(['opened before', 'afterwards']));
    expect(effects).not.toContain('through it');
  });

  it('does not need a connection to be refused: the change may have the last one', async () => {
    const small = await location.open({ poolSize: 1 });
    const repository = small.getRepository(EffectEntity);
    const tiny = new TypeOrmTargetSystem('tiny', small);
    const failing = tiny.transaction(attemptScope(), () => repository.insert({ name: 'last' }));
    await expect(failing).rejects.toThrow(OutsideTransactionError);
    await small.destroy();
  });

  it('is not what the rest of the app does meanwhile', async () => {
    let begun: () => void = () => {};
    const app = new Promise<void>((resolve) => (begun = resolve)).then(() => injected.write(`app-${kind}`));
    await run(async () => {
      begun();
      await app;
    });
    expect(await location.effects()).toContain(`app-${kind}`);
  });

  it('leaves the DataSource as it was, also after many attempts at once', async () => {
    const { logger } = dataSource;
    const scopes = ['one', 'two', 'three'].map((changeId) => attemptScope({ changeId }));
    await Promise.all(scopes.map((scope) => target.transaction(scope, async () => {})));
    expect(Object.hasOwn(dataSource, 'createQueryRunner')).toBe(false);
    expect(dataSource.logger).toBe(logger);
    expect(await injected.repository.count()).toBeGreaterThan(0);
  });
});
