import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { MongooseAuditStore } from 'nestjs-flamingock/mongoose';
import { type PairLocation, recoveryContract } from 'nestjs-flamingock/testing';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { createSqlLocation } from '../pairs/sql-location.js';
import { sqlPair } from '../pairs/sql-pair.js';
import { createMongoLocation } from './support/connections.js';
import { tamperInMongo } from './support/mongo-pair.js';

/** The audit in MongoDB, the effects in PostgreSQL. */
async function createLocation(): Promise<PairLocation> {
  const audits = await createMongoLocation();
  const effects = await createSqlLocation('postgres');
  await effects.query('CREATE TABLE effect (name VARCHAR(190) PRIMARY KEY)');
  return {
    connect: async (namespace, options) => {
      const connection = await audits.open();
      const dataSource = await effects.open(options);
      return {
        store: new MongooseAuditStore(connection, { namespace }),
        target: new TypeOrmTargetSystem('shop-db', dataSource, { lockWait: '1s' }),
        close: async () => {
          await dataSource.destroy();
          await connection.close();
        },
      };
    },
    effects: async () => (await effects.query('SELECT name FROM effect')).map(({ name }) => String(name)),
    tamper: (...entry) => tamperInMongo(audits, ...entry),
    cut: effects.cut,
    drop: async () => {
      await effects.drop();
      await audits.drop();
    },
  };
}

recoveryContract(
  { describe, it, beforeAll, afterAll },
  { ...sqlPair('postgres', 'postgres'), name: 'mongoose × typeorm:postgres', createLocation },
);
