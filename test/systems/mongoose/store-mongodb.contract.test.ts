import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { MongooseAuditStore } from 'nestjs-flamingock/mongoose';
import { auditStoreContract, type StoreStorage } from 'nestjs-flamingock/testing';
import { createMongoPlace } from './support/connections.js';

function createStorage(): Promise<StoreStorage> {
  const place = createMongoPlace();
  return Promise.resolve({
    connect: async (namespace) => {
      const connection = await place.open();
      return { store: new MongooseAuditStore(connection, { namespace }), close: () => connection.close() };
    },
    drop: place.drop,
  });
}

auditStoreContract(
  { describe, it, beforeAll, afterAll },
  { name: 'mongoose on MongoDB', sharesTransactions: false, createStorage },
);
