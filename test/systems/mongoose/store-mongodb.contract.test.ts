import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import { auditStoreContract, type StoreStorage } from 'nestjs-flamingock/testing';
import { createMongoPlace } from './support/connections.js';

function createStorage(): Promise<StoreStorage> {
  const place = createMongoPlace();
  return Promise.resolve({
    connect: async (namespace) => {
      const connection = await place.open();
      const store = new MongooseAuditStore(connection, { namespace });
      const target = new MongooseTargetSystem('catalog', connection);
      return { store, target, close: () => connection.close() };
    },
    drop: place.drop,
  });
}

auditStoreContract(
  { describe, it, beforeAll, afterAll },
  { name: 'mongoose on MongoDB', sharesTransactions: true, createStorage },
);
