import type { Connection } from 'mongoose';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import type { StoreStorage } from 'nestjs-flamingock/testing';
import { createMongoLocation } from './connections.js';

/** An empty database, on a server that all tests share. */
export async function createStoreStorage(major: 8 | 9 = 9): Promise<StoreStorage> {
  const location = await createMongoLocation(major);
  let observer: Connection | undefined;
  return {
    connect: async (namespace) => {
      const connection = await location.open();
      const store = new MongooseAuditStore(connection, { namespace });
      const target = new MongooseTargetSystem('catalog', connection);
      return { store, target, close: () => connection.close() };
    },
    cut: async (namespace, after) => {
      observer ??= await location.open();
      await observer.collection('flamingock_audit').deleteMany({ namespace, seq: { $gt: after } });
    },
    drop: location.drop,
  };
}
