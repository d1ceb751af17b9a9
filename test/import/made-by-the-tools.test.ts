import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sequelizeMeta } from 'nestjs-flamingock/typeorm';
import { Sequelize } from 'sequelize';
import { SequelizeStorage, Umzug } from 'umzug';
import { createScratch } from '../servers/scratch.mjs';
import { describeFixtures } from './fixtures.suite.js';
import { createSqlLocation, isRecent, type SqlLocation } from './sql-location.js';
import { describeTypeOrmAndKnex } from './typeorm-and-knex.suite.js';

/** Records of the tools themselves: each is made to run migrations, then its record is read. */

describe.each(['sqlite', 'postgres'] as const)('on %s', describeTypeOrmAndKnex);

describe.each(['sqlite', 'postgres'] as const)('kept from %s', describeFixtures);

describe('umzug with its Sequelize storage, on PostgreSQL', () => {
  let location: SqlLocation;
  let sequelize: Sequelize;
  beforeEach(async () => {
    location = await createSqlLocation('postgres');
    const { dataSourceOptions: options } = location;
    sequelize = new Sequelize('url' in options ? String(options.url) : '', { logging: false });
  });
  afterEach(async () => {
    await sequelize.close();
    await location.drop();
  });

  async function migrate(storage: Partial<ConstructorParameters<typeof SequelizeStorage>[0]>): Promise<void> {
    const folder = createScratch('umzug');
    mkdirSync(join(folder, 'migrations'));
    for (const name of ['01-create-users.cjs', '02-add-status.cjs'])
      writeFileSync(join(folder, 'migrations', name), 'module.exports = { up: async () => undefined };');
    const umzug = new Umzug({
      migrations: { glob: ['migrations/*.cjs', { cwd: folder }] },
      storage: new SequelizeStorage({ sequelize, ...storage }),
      logger: undefined,
    });
    await umzug.up();
    rmSync(folder, { recursive: true });
  }

  it('has run its migrations', async () => {
    await migrate({});
    expect(await location.rows(sequelizeMeta)).toEqual([
      { name: '01-create-users.cjs', state: 'applied', at: null },
      { name: '02-add-status.cjs', state: 'applied', at: null },
    ]);
  });

  it('has told its storage otherwise', async () => {
    await location.execute('CREATE SCHEMA own');
    await migrate({ tableName: 'done', columnName: 'file', schema: 'own', timestamps: true });
    const rows = await sequelizeMeta(location.dataSource, {
      table: 'done',
      column: 'file',
      schema: 'own',
    }).read();
    expect(rows.map(({ name }) => name)).toEqual(['01-create-users.cjs', '02-add-status.cjs']);
    expect(rows.every(({ at }) => isRecent(at))).toBe(true);
  });
});
