import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import knex, { type Knex } from 'knex';
import { knexMigrations, typeOrmMigrations } from 'nestjs-flamingock/typeorm';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { DatabaseKind } from '../support/databases.js';
import { createSqlLocation, isRecent, type SqlLocation, statesOf } from './sql-location.js';

class CreateUsers1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE users (id integer)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE users');
  }
}

class AddStatus1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users ADD status text');
  }
  async down(): Promise<void> {}
}

/** Makes TypeORM and knex run migrations on a database of this kind, and reads what they record. */
export function describeTypeOrmAndKnex(kind: DatabaseKind): void {
  let location: SqlLocation;
  beforeEach(async () => {
    location = await createSqlLocation(kind);
  });
  afterEach(() => location.drop());

  describe('TypeORM', () => {
    const migrations = [CreateUsers1700000000000, AddStatus1700000000001];

    async function migrate(more: { migrationsTableName?: string } = {}): Promise<DataSource> {
      const dataSource = await new DataSource({
        ...location.dataSourceOptions,
        migrations,
        ...more,
      }).initialize();
      await dataSource.runMigrations();
      return dataSource;
    }

    it('has run its migrations', async () => {
      await (await migrate()).destroy();
      const { database } = location.dataSource.driver;
      expect(typeOrmMigrations(location.dataSource).name).toBe(
        `TypeORM's table 'migrations' (${kind === 'sqlite' ? 'better-sqlite3' : kind}, ${database})`,
      );
      expect(await location.rows(typeOrmMigrations)).toEqual([
        {
          name: 'CreateUsers1700000000000',
          state: 'applied',
          at: null,
          facts: { timestamp: 1700000000000 },
        },
        { name: 'AddStatus1700000000001', state: 'applied', at: null, facts: { timestamp: 1700000000001 } },
      ]);
    });

    it('has reverted one', async () => {
      const dataSource = await migrate();
      await dataSource.undoLastMigration();
      await dataSource.destroy();
      expect(await statesOf(typeOrmMigrations(location.dataSource))).toEqual([
        'CreateUsers1700000000000 applied',
      ]);
    });

    it('has a table of another name', async () => {
      const dataSource = await migrate({ migrationsTableName: 'done' });
      expect(typeOrmMigrations(dataSource).name).toContain("TypeORM's table 'done'");
      expect(await statesOf(typeOrmMigrations(dataSource))).toHaveLength(2);
      expect(await statesOf(typeOrmMigrations(location.dataSource, { table: 'done' }))).toHaveLength(2);
      await dataSource.destroy();
    });
  });

  it('no tool was ever used', async () => {
    expect(await statesOf(typeOrmMigrations(location.dataSource))).toEqual([]);
    expect(await statesOf(knexMigrations(location.dataSource))).toEqual([]);
  });

  it('no tool was ever used, in a new place and in one that is in use', async () => {
    const look = (schema?: string) => knexMigrations(location.dataSource, { schema }).look?.();
    await location.execute('CREATE TABLE flamingock_audit (id integer)');
    expect(await look()).toBe('new-place');
    if (kind !== 'sqlite') expect(await look('misspelt')).toBe('missing');
    await location.execute('CREATE TABLE users (id integer)');
    expect(await look()).toBe('missing');
    await location.execute('CREATE TABLE knex_migrations (id integer)');
    expect(await look()).toBe('kept');
  });

  describe('knex', () => {
    it('has run its migrations', async () => {
      const names = ['20240101_create_users.js', '20240102_add_status.js'];
      const migrationSource: Knex.MigrationSource<string> = {
        getMigrations: async () => names,
        getMigrationName: (name) => name,
        getMigration: async (name) => ({
          up: (db: Knex) => db.schema.createTable(name.slice(9, -3), (table) => table.increments()),
          down: async () => undefined,
        }),
      };
      const db = knex(knexOptions());
      await db.migrate.latest({ migrationSource });
      await db.destroy();
      const rows = await location.rows(knexMigrations);
      expect(rows).toMatchObject(names.map((name) => ({ name, state: 'applied', facts: { batch: 1 } })));
      expect(rows.every(({ at }) => isRecent(at))).toBe(true);
    });

    function knexOptions(): Knex.Config {
      const { dataSourceOptions: options } = location;
      if (options.type === 'better-sqlite3')
        return {
          client: 'better-sqlite3',
          useNullAsDefault: true,
          connection: { filename: String(options.database) },
        };
      const client = options.type === 'mariadb' ? 'mysql2' : 'pg';
      return { client, connection: 'url' in options ? options.url : undefined };
    }
  });
}
