import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mongoose';
import { DataSource } from 'typeorm';
import { typeOrmMigrations } from '../../lib/systems/mongoose/import/typeorm-migrations.js';
import { typeOrmMigrations as typeOrmMigrationsOf } from '../../lib/systems/typeorm/import/typeorm-migrations.js';
import { mongoLocation } from './mongo-location.js';

const location = mongoLocation();

describe('TypeORM on MongoDB', () => {
  class CreateUsers1700000000000 {
    up = async () => void (await location.db.collection('users').insertOne({ name: 'ann' }));
    down = async () => undefined;
  }
  class AddStatus1700000000001 {
    up = async () => undefined;
    down = async () => undefined;
  }
  let dataSource: DataSource;
  beforeEach(async () => {
    const url = new URL(process.env.MONGODB_URL!);
    url.pathname = location.db.databaseName;
    dataSource = await new DataSource({
      type: 'mongodb',
      url: url.href,
      migrations: [CreateUsers1700000000000, AddStatus1700000000001],
    }).initialize();
  });
  afterEach(() => dataSource.destroy());

  it('is found by a connection of Mongoose', async () => {
    const url = new URL(process.env.MONGODB_URL!);
    url.pathname = location.db.databaseName;
    const connection = await createConnection(url.href).asPromise();
    // A model of the app makes its collection at once, and is still no reason to think of a wrong place.
    await connection.createCollection('orders');
    expect(await typeOrmMigrations(connection).look?.()).toBe('new-place');
    await connection.collection('orders').insertOne({});
    expect(await typeOrmMigrations(connection).look?.()).toBe('missing');
    await dataSource.runMigrations();
    expect(await typeOrmMigrations(connection).look?.()).toBe('kept');
    expect(await typeOrmMigrations(connection).read()).toHaveLength(2);
    await connection.close();
  });

  it.each([
    ['by its database', () => typeOrmMigrations(location.db)],
    ['by its DataSource', () => typeOrmMigrationsOf(dataSource)],
  ])('has run its migrations, read %s', async (_, open) => {
    expect(await open().look?.()).toBe('new-place');
    expect(await open().read()).toEqual([]);
    await dataSource.runMigrations();
    expect(await open().look?.()).toBe('kept');
    const applied = { state: 'applied', at: null };
    expect(await open().read()).toEqual([
      { ...applied, name: 'CreateUsers1700000000000', facts: { timestamp: 1700000000000 } },
      { ...applied, name: 'AddStatus1700000000001', facts: { timestamp: 1700000000001 } },
    ]);
    await location.db.dropCollection('migrations');
    expect(await open().look?.()).toBe('missing');
  });
});
