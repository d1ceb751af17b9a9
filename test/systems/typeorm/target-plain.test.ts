import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import type { DataSource } from 'typeorm';
import { attemptScope } from './support/attempt-scope.js';
import {
  createTargetLocation,
  dataSourceOf,
  EffectEntity,
  insert,
  type Location,
  managerOf,
  runnerOf,
} from './support/target-location.js';

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('a plain change on %s', (kind) => {
  let location: Location;
  let dataSource: DataSource;
  let target: TypeOrmTargetSystem;

  beforeAll(async () => {
    location = await createTargetLocation(kind);
    dataSource = await location.open(kind === 'sqlite' ? {} : { poolSize: 1 });
    target = new TypeOrmTargetSystem('user-db', dataSource);
  });
  afterAll(() => location.drop());

  it('may begin and end transactions of its own', async () => {
    await target.connect(attemptScope(), async ({ ...clients }) => {
      const runner = runnerOf(clients as never);
      await runner.startTransaction();
      await runner.query(insert('rolled back'));
      await runner.rollbackTransaction();
      await runner.startTransaction();
      await runner.query(insert('committed'));
      await runner.commitTransaction();
    });
    expect(await location.effects()).toEqual(['committed']);
  });

  it.each([
    ['by TypeORM', (runner: ReturnType<typeof runnerOf>) => runner.startTransaction()],
    ['as text', (runner: ReturnType<typeof runnerOf>) => runner.query('BEGIN')],
  ])('that begins one %s and does not end it fails, and leaves a clean connection', async (_, begin) => {
    const failing = target.connect(attemptScope(), async (clients) => {
      await begin(runnerOf(clients));
      await runnerOf(clients).query(insert('left open'));
    });
    await expect(failing).rejects.toThrow(/began a transaction.*did not end it/);
    await dataSource.query(insert(`clean ${_}`));
    const effects = await location.effects();
    expect(effects).not.toContain('left open');
    expect(effects).toContain(`clean ${_}`);
  });

  it('may use what was injected in its constructor', async () => {
    if (kind !== 'sqlite') await dataSource.destroy();
    if (kind !== 'sqlite') dataSource = await location.open();
    target = new TypeOrmTargetSystem('user-db', dataSource);
    const repository = dataSource.getRepository(EffectEntity);
    await target.connect(attemptScope(), async (clients) => {
      await repository.insert({ name: 'by repository' });
      await dataSourceOf(clients).transaction((manager) => manager.query(insert('by DataSource')));
      await managerOf(clients).save(EffectEntity, { name: 'by manager' });
    });
    expect(await location.effects()).toEqual(
      expect.arrayContaining(['by DataSource', 'by manager', 'by repository']),
    );
  });

  it('is guarded in what it does with that, too', async () => {
    const repository = dataSource.getRepository(EffectEntity);
    let live = true;
    const guard = (): void => {
      if (!live) throw new Error('the lease was lost');
    };
    await target.connect(attemptScope({ guard }), async () => {
      live = false;
      await expect(repository.insert({ name: 'unguarded' })).rejects.toThrow('the lease was lost');
    });
    expect(await location.effects()).not.toContain('unguarded');
  });
});

describe('CREATE INDEX CONCURRENTLY on PostgreSQL', () => {
  it('works in a plain change, and in no other', async () => {
    const location = await createTargetLocation('postgres');
    try {
      const dataSource = await location.open();
      const target = new TypeOrmTargetSystem('user-db', dataSource);
      const statement = 'CREATE INDEX CONCURRENTLY effect_name ON effect (name)';
      await target.connect(attemptScope(), (clients) => runnerOf(clients).query(statement));
      expect(await dataSource.query("SELECT 1 FROM pg_indexes WHERE indexname = 'effect_name'")).toHaveLength(
        1,
      );
      const inTransaction = target.transaction(attemptScope(), ({ clients }) =>
        runnerOf(clients).query(statement),
      );
      await expect(inTransaction).rejects.toThrow(/cannot run inside a transaction block/);
    } finally {
      await location.drop();
    }
  });
});
