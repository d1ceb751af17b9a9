import type { Connection } from 'mongoose';
import type { AuditStore } from 'nestjs-flamingock/kit';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import type { ConnectOptions, PairLocation, RecoveryPair } from 'nestjs-flamingock/testing';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import { createDynamoLocation } from '../../dynamodb/support/dynamo-location.js';
import { dynamoAudits } from '../../dynamodb/support/dynamo-pair.js';
import { fileSystemLocation, fileSystemPair } from '../../pairs/filesystem-pair.js';
import { createSqlLocation } from '../../pairs/sql-location.js';
import { createMongoLocation, type MongoLocation } from './connections.js';
import { connectionOf, type EffectDocument, effectNames } from './effects.js';

/** Where the audit of a pair is. */
interface Audits extends Required<Pick<PairLocation, 'tamper' | 'drop'>> {
  connect(
    namespace: string,
    connection: Connection,
    options?: ConnectOptions,
  ): Promise<{ readonly store: AuditStore; close(): Promise<void> }>;
}

type AuditKind = 'shared' | 'mongodb' | 'postgres' | 'dynamodb';

const STORES: Readonly<Record<AuditKind, string>> = {
  shared: 'mongoose',
  mongodb: 'mongoose',
  postgres: 'typeorm:postgres',
  dynamodb: 'dynamodb',
};

/** The effects in MongoDB, the audit on the same connection, on another one, in PostgreSQL or in DynamoDB. */
export function mongoPair(audit: AuditKind): RecoveryPair {
  return {
    name: `${STORES[audit]} × mongoose, ${audit === 'shared' ? 'one connection' : 'two'}`,
    strategy: audit === 'shared' ? 'shared' : 'marker',
    concurrentWriters: true,
    capabilities: ['tamper'],
    effect: async (clients, name) =>
      void (await connectionOf(clients).collection<EffectDocument>('effect').insertOne({ name })),
    revert: async (clients, name) =>
      void (await connectionOf(clients).collection<EffectDocument>('effect').deleteMany({ name })),
    sees: async (clients, name) =>
      (await connectionOf(clients).collection<EffectDocument>('effect').findOne({ name })) !== null,
    createLocation: () => createLocation(audit),
  };
}

/** The audit in MongoDB, the effects files in a folder. */
export function mongoFilePair(): RecoveryPair {
  return { ...fileSystemPair('memory'), name: 'mongoose × filesystem', createLocation: createFileLocation };
}

async function createFileLocation(): Promise<PairLocation> {
  const location = await createMongoLocation();
  const { connect, tamper } = mongoAudits(location, 'shared');
  return fileSystemLocation({
    connect: async (namespace) => connect(namespace, await location.open()),
    tamper,
    drop: location.drop,
  });
}

async function createLocation(audit: AuditKind): Promise<PairLocation> {
  const effects = await createMongoLocation();
  const observer = await effects.open();
  await observer.createCollection('effect');
  const audits = await auditsOf(audit, effects);
  return {
    connect: async (namespace, options) => {
      const connection = await effects.open();
      const { store, close } = await audits.connect(namespace, connection, options);
      return {
        store,
        target: new MongooseTargetSystem('catalog', connection, { lockWait: '1s' }),
        close: async () => {
          await close();
          await connection.close();
        },
      };
    },
    effects: () => effectNames(observer),
    tamper: audits.tamper,
    drop: async () => {
      await audits.drop();
      await effects.drop();
    },
  };
}

async function auditsOf(audit: AuditKind, effects: MongoLocation): Promise<Audits> {
  if (audit === 'postgres') return postgresAudits();
  if (audit !== 'dynamodb') return mongoAudits(effects, audit);
  const { connect, ...rest } = dynamoAudits(createDynamoLocation());
  return { ...rest, connect: (namespace) => connect(namespace) };
}

function mongoAudits(location: MongoLocation, audit: 'shared' | 'mongodb'): Audits {
  return {
    connect: async (namespace, connection) => {
      const own = audit === 'shared' ? connection : await location.open();
      return { store: new MongooseAuditStore(own, { namespace }), close: () => own.close() };
    },
    tamper: (...entry) => tamperInMongo(location, ...entry),
    drop: async () => undefined,
  };
}

/** Alters or removes an audit entry as a person with mongosh would. */
export async function tamperInMongo(
  location: MongoLocation,
  namespace: string,
  seq: number,
  how: 'edit' | 'delete',
): Promise<void> {
  const entries = (await location.open()).collection('flamingock_audit');
  if (how === 'edit') await entries.updateOne({ namespace, seq }, { $set: { author: 'somebody else' } });
  else await entries.deleteOne({ namespace, seq });
}

async function postgresAudits(): Promise<Audits> {
  const location = await createSqlLocation('postgres');
  return {
    connect: async (namespace, _connection, options) => {
      const dataSource = await location.open(options);
      const store = new TypeOrmAuditStore(dataSource, { namespace });
      return { store, close: () => dataSource.destroy() };
    },
    tamper: location.tamper,
    drop: location.drop,
  };
}
