import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  flywayHistory,
  liquibaseChangeLog,
  prismaMigrations,
  sequelizeMeta,
} from 'nestjs-flamingock/typeorm';
import type { DatabaseKind } from '../support/databases.js';
import { type Fixture, fixtureOf, isWithin } from './fixtures.js';
import { createSqlLocation, type SqlLocation, statesOf } from './sql-location.js';

/** Loads what the tools wrote on a database of this kind into one of this kind, and reads it. */
export function describeFixtures(kind: DatabaseKind): void {
  let location: SqlLocation;
  beforeEach(async () => {
    location = await createSqlLocation(kind);
  });
  afterEach(() => location.drop());

  async function load(tool: string): Promise<Fixture> {
    const fixture = fixtureOf(`${tool}.${kind}`);
    await location.execute(...fixture.statements);
    return fixture;
  }

  it('Flyway', async () => {
    const fixture = await load('flyway');
    const source = flywayHistory(location.dataSource, { timeZone: fixture.zone });
    // What PostgreSQL and SQLite took back has left no row.
    const broken = kind === 'mariadb' ? ['V3__broken.sql failed'] : [];
    expect(await statesOf(source)).toEqual([
      'V1__create_users.sql applied',
      'V2.1__add_status.sql applied',
      'R__names.sql applied',
      'V2__gone.sql struck-out',
      ...broken,
    ]);
    const rows = await source.read();
    expect(rows.filter(({ at }) => !isWithin(fixture, at))).toEqual([]);
    expect(new Set(rows.map(({ zone }) => zone))).toEqual(
      new Set([kind === 'postgres' ? fixture.zone : undefined]),
    );
    expect(await statesOf(flywayHistory(location.dataSource, { table: 'baselined' }))).toEqual([
      '<< Flyway Baseline >> applied',
      'V6__more.sql applied',
      'R__names.sql applied',
    ]);
  });

  it('Liquibase', async () => {
    const fixture = await load('liquibase');
    // There it asks the server's clock, which was one of UTC.
    const timeZone = kind === 'mariadb' ? 'UTC' : fixture.zone;
    const rows = await liquibaseChangeLog(location.dataSource, { timeZone }).read();
    expect(rows.map(({ name, state, facts }) => `${name} ${state} ${String(facts?.['exectype'])}`)).toEqual([
      'db/changelog.sql::create-users::ann applied EXECUTED',
      'db/changelog.sql::create-users::bob applied EXECUTED',
      'db/changelog.sql::was-there::ann applied MARK_RAN',
      'db/changelog.sql::names::ann applied RERAN',
    ]);
    expect(rows.filter(({ at }) => !isWithin(fixture, at))).toEqual([]);
    expect(rows[0]).toMatchObject({ author: 'ann', description: 'the people' });
    expect(rows[0]?.zone).toBe(kind === 'sqlite' ? undefined : timeZone);
  });

  // Its adapter for MariaDB is a package of its own, which was not tried.
  if (kind !== 'mariadb')
    it('Prisma', async () => {
      const fixture = await load('prisma');
      const rows = await prismaMigrations(location.dataSource).read();
      expect(rows.map(({ name, state }) => `${name} ${state}`)).toEqual([
        '20240101000000_create_users applied',
        '20240102000000_add_status applied',
        '20240103000000_create_orders failed',
      ]);
      expect(rows.filter(({ at }) => !isWithin(fixture, at))).toEqual([]);
    });

  // It needs a native package for SQLite.
  if (kind !== 'sqlite')
    it('sequelize-cli', async () => {
      await load('sequelize-cli');
      expect(await statesOf(sequelizeMeta(location.dataSource))).toEqual([
        '20240101-create-users.js applied',
        '20240102-add-status.js applied',
      ]);
    });
}
