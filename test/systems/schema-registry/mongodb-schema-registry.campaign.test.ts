import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { MongooseAuditStore } from 'nestjs-flamingock/mongoose';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { createMongoLocation } from '../mongoose/support/connections.js';
import { tamperInMongo } from '../mongoose/support/mongo-pair.js';
import { registryPair } from './support/registry-pair.js';

recoveryContract(
  { describe, it, beforeAll, afterAll },
  registryPair('mongoose', async () => {
    const location = await createMongoLocation();
    return {
      connect: async (namespace) => {
        const connection = await location.open();
        return { store: new MongooseAuditStore(connection, { namespace }), close: () => connection.close() };
      },
      tamper: (...entry) => tamperInMongo(location, ...entry),
      drop: () => location.drop(),
    };
  }),
);
