import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { getConnectionToken, getModelToken, InjectModel, MongooseModule } from '@nestjs/mongoose';
import { Test, type TestingModule } from '@nestjs/testing';
import mongoose, { type ClientSession, type Connection, type Model } from 'mongoose';
import { Apply, Change, Client, Flamingock, FlamingockModule, Rollback } from 'nestjs-flamingock';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import { DEFAULT_CONNECTION } from '../../../lib/systems/mongoose/connection/database.js';
import { createMongoDatabase, type TestMongoDatabase } from '../../support/databases.js';

interface User {
  name: string;
}

const userSchema = new mongoose.Schema<User>({ name: String });
const change = { author: 'shop-team', targetSystem: 'user-db' };

@Change({ id: 'add-root', order: '0001', ...change })
class AddRoot {
  @Apply()
  async apply(connection: Connection): Promise<void> {
    await connection.collection('users').insertOne({ name: 'root' });
  }
}

@Change({ id: 'add-guests', order: '0002', ...change })
class AddGuests {
  constructor(@InjectModel('User') private readonly users: Model<User>) {}

  @Apply()
  async apply(
    @Client(getModelToken('User')) users: Model<User>,
    @Client('ClientSession') session: ClientSession,
  ): Promise<void> {
    await users.create({ name: 'guest 1' });
    await this.users.create([{ name: 'guest 2' }], { session });
  }
}

@Change({ id: 'forgets-the-session', order: '0003', ...change })
class ForgetsTheSession {
  constructor(@InjectModel('User') private readonly users: Model<User>) {}

  @Apply()
  async apply(): Promise<void> {
    await this.users.create({ name: 'lost' });
  }
}

@Change({ id: 'index-users', order: '0004', transactional: false, ...change })
class IndexUsers {
  @Apply()
  async apply(connection: Connection): Promise<void> {
    await connection.collection('users').createIndex({ name: 1 }, { unique: true });
  }

  @Rollback()
  async rollback(connection: Connection): Promise<void> {
    await connection.collection('users').dropIndex('name_1');
  }
}

@Change({ id: 'add-product', order: '0005', author: 'shop-team', targetSystem: 'catalog' })
class AddProduct {
  @Apply()
  async apply(@Client(getModelToken('Product', 'catalog')) products: Model<User>): Promise<void> {
    await products.create({ name: 'chair' });
  }
}

describe('a Nest app on Mongoose', () => {
  let shop: TestMongoDatabase;
  let catalog: TestMongoDatabase;
  beforeAll(() => {
    shop = createMongoDatabase();
    catalog = createMongoDatabase();
  });
  afterAll(async () => {
    await shop.drop();
    await catalog.drop();
  });

  async function boot(changes: Type[]): Promise<TestingModule> {
    const app = await Test.createTestingModule({
      imports: [
        MongooseModule.forRoot(shop.url),
        MongooseModule.forRoot(catalog.url, { connectionName: 'catalog' }),
        MongooseModule.forFeature([{ name: 'User', schema: userSchema }]),
        MongooseModule.forFeature([{ name: 'Product', schema: userSchema }], 'catalog'),
        FlamingockModule.forRoot({
          auditStore: MongooseAuditStore.inject(),
          targetSystems: [
            MongooseTargetSystem.inject('user-db'),
            MongooseTargetSystem.inject('catalog', getConnectionToken('catalog')),
          ],
        }),
      ],
      providers: changes,
    })
      .setLogger({ log: () => undefined, warn: () => undefined, error: () => undefined })
      .compile();
    try {
      return await app.init();
    } catch (error) {
      await app.close();
      throw error;
    }
  }

  it('knows the default connection by the token of @nestjs/mongoose', () => {
    expect(DEFAULT_CONNECTION).toBe(getConnectionToken());
  });

  it('boots, and every change is applied the way that it can', async () => {
    const app = await boot([AddRoot, AddGuests, IndexUsers, AddProduct]);
    try {
      const users = app.get<Model<User>>(getModelToken('User'));
      expect((await users.find().sort({ name: 1 })).map(({ name }) => name)).toEqual([
        'guest 1',
        'guest 2',
        'root',
      ]);
      const products = app.get<Model<User>>(getModelToken('Product', 'catalog'));
      expect((await products.find()).map(({ name }) => name)).toEqual(['chair']);
      const strategies: Record<string, string> = {};
      for await (const entry of app.get(Flamingock).history({ state: 'APPLIED' }))
        strategies[entry.changeId] = entry.strategy;
      expect(strategies).toEqual({
        'add-root': 'shared',
        'add-guests': 'shared',
        'index-users': 'plain',
        'add-product': 'marker',
      });
      expect((await app.get(Flamingock).verifyAudit()).intact).toBe(true);
    } finally {
      await app.close();
    }
  });

  it('does not boot with a change that forgets the session, and says which operation it was', async () => {
    const booting = boot([AddRoot, AddGuests, ForgetsTheSession, IndexUsers, AddProduct]);
    await expect(booting).rejects.toThrow(
      new RegExp(`'forgets-the-session'.*went around it.*insert ${shop.name}\\.users`, 's'),
    );
  });
});
