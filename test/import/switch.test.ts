import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import {
  Apply,
  Change,
  Client,
  Flamingock,
  FlamingockModule,
  type FlamingockOptions,
  Rollback,
} from 'nestjs-flamingock';
import { TypeOrmAuditStore, TypeOrmTargetSystem, typeOrmMigrations } from 'nestjs-flamingock/typeorm';
import { createDatabase, type TestDatabase } from '../support/databases.js';

/** A team that used TypeORM's own migrations switches: the migrations are run by TypeORM, then the app boots with changes. */

class CreateUsers1700000000000 {
  up = (runner: QueryRunner) => runner.query('CREATE TABLE users (id integer)');
  down = (runner: QueryRunner) => runner.query('DROP TABLE users');
}

@Change({ id: 'create-users', order: '0001', author: 'ann', targetSystem: 'user-db' })
class CreateUsers {
  @Apply()
  async apply(@Client() runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE users (id integer)');
  }

  @Rollback()
  async rollback(@Client() runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE users');
  }
}

@Change({ id: 'add-first-user', order: '0002', author: 'ann', targetSystem: 'user-db' })
class AddFirstUser {
  @Apply()
  async apply(@Client() runner: QueryRunner): Promise<void> {
    await runner.query('INSERT INTO users VALUES (1)');
  }
}

describe.each(['postgres', 'sqlite'] as const)('a switch from TypeORM migrations on %s', (kind) => {
  let database: TestDatabase;
  let app: INestApplicationContext | undefined;

  beforeEach(async () => {
    database = await createDatabase(kind);
    const options = { ...database.dataSourceOptions, migrations: [CreateUsers1700000000000] };
    const dataSource = await new DataSource(options as DataSourceOptions).initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await database.drop();
  });

  async function boot(importHistory: FlamingockOptions['importHistory']): Promise<Flamingock> {
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(database.dataSourceOptions),
        FlamingockModule.forRoot({
          auditStore: TypeOrmAuditStore.inject(),
          targetSystems: [TypeOrmTargetSystem.inject('user-db')],
          importHistory,
        }),
      ],
      providers: [CreateUsers, AddFirstUser],
    })
      .setLogger({ log: () => undefined, warn: () => undefined, error: () => undefined })
      .compile();
    app = module;
    await module.init();
    return module.get(Flamingock);
  }

  const wanted = [{ source: typeOrmMigrations.inject(), map: { CreateUsers1700000000000: 'create-users' } }];

  async function inShort(flamingock: Flamingock): Promise<string[]> {
    const entries: string[] = [];
    for await (const { changeId, state, operation, strategy } of flamingock.history())
      entries.push(`${changeId} ${state} ${operation} ${strategy}`);
    return entries;
  }

  const AFTER = [
    'create-users APPLIED import shared',
    'add-first-user STARTED apply shared',
    'add-first-user APPLIED apply shared',
  ];

  it('runs only what TypeORM has not run, once', async () => {
    const flamingock = await boot(wanted);
    expect(await inShort(flamingock)).toEqual(AFTER);
    expect(await app!.get(DataSource).query('SELECT id FROM users')).toEqual([{ id: 1 }]);
    expect(await flamingock.verifyAudit()).toMatchObject({ intact: true, entries: 3 });
    await app!.close();
    expect(await inShort(await boot(wanted))).toEqual(AFTER);
  });

  it('goes on when the old table is gone', async () => {
    await boot(wanted);
    await app!.get(DataSource).query('DROP TABLE migrations');
    await app!.close();
    expect(await inShort(await boot(wanted))).toEqual(AFTER);
  });

  it('is made after a first boot without it has failed', async () => {
    await expect(boot([])).rejects.toThrow(/users.* already exists/);
    await app!.close();
    const flamingock = await boot(wanted);
    expect((await inShort(flamingock)).slice(-4)).toEqual([
      'create-users ROLLED_BACK apply shared',
      ...AFTER,
    ]);
  });

  it('boots on a new, empty database too, and again', async () => {
    await database.drop();
    database = await createDatabase(kind);
    const born = AFTER.map((entry) => entry.replace('APPLIED import', 'APPLIED apply'));
    born.unshift('create-users STARTED apply shared');
    expect((await inShort(await boot(wanted))).toSorted()).toEqual(born.toSorted());
    await app!.close();
    expect(await inShort(await boot(wanted))).toHaveLength(4);
  });

  it('stops the boot when a second record is not where it is said to be', async () => {
    const misspelt = { source: typeOrmMigrations.inject(undefined, { table: 'migration' }) };
    for (const order of [
      [wanted[0]!, misspelt],
      [misspelt, wanted[0]!],
    ]) {
      await expect(boot(order)).rejects.toThrow(/TypeORM's table 'migration' .*does not exist/);
      await app!.close();
    }
    expect(await inShort(await boot(wanted))).toEqual(AFTER);
    await app!.close();
    await expect(boot([...wanted, misspelt])).rejects.toThrow(/table 'migration' .*does not exist/);
  });

  it('stops the boot with the names that are not mapped', async () => {
    await expect(boot([{ source: typeOrmMigrations.inject() }])).rejects.toThrow(
      /TypeORM's table 'migrations' \([^)]+\): the row 'CreateUsers1700000000000' is no change in the code; did you mean 'create-users'/,
    );
  });
});
