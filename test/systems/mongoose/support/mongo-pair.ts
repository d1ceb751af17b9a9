import type { Connection } from 'mongoose';
import type { AuditStore } from 'nestjs-flamingock';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import type { ConnectOptions, PairPlace, RecoveryPair } from 'nestjs-flamingock/testing';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import { createSqlPlace } from '../../pairs/sql-place.js';
import { createMongoPlace, type MongoPlace } from './connections.js';
import { connectionOf, type EffectDocument, effectNames } from './effects.js';

/** Where the audit of a pair is. */
interface Audits extends Required<Pick<PairPlace, 'tamper' | 'drop'>> {
  connect(
    namespace: string,
    connection: Connection,
    options?: ConnectOptions,
  ): Promise<{ readonly store: AuditStore; close(): Promise<void> }>;
}

/** The effects in MongoDB, the audit on the same connection, on another one, or in PostgreSQL. */
export function mongoPair(audit: 'shared' | 'mongodb' | 'postgres'): RecoveryPair {
  return {
    name: `${audit === 'postgres' ? 'typeorm:postgres' : 'mongoose'} × mongoose, ${audit === 'shared' ? 'one connection' : 'two'}`,
    strategy: audit === 'shared' ? 'shared' : 'marker',
    concurrentWriters: true,
    capabilities: ['tamper'],
    effect: async (clients, name) =>
      void (await connectionOf(clients).collection<EffectDocument>('effect').insertOne({ name })),
    revert: async (clients, name) =>
      void (await connectionOf(clients).collection<EffectDocument>('effect').deleteMany({ name })),
    sees: async (clients, name) =>
      (await connectionOf(clients).collection<EffectDocument>('effect').findOne({ name })) !== null,
    createPlace: () => createPlace(audit),
  };
}

async function createPlace(audit: 'shared' | 'mongodb' | 'postgres'): Promise<PairPlace> {
  const effects = await createMongoPlace();
  const observer = await effects.open();
  await observer.createCollection('effect');
  const audits = audit === 'postgres' ? await postgresAudits() : mongoAudits(effects, audit);
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

function mongoAudits(place: MongoPlace, audit: 'shared' | 'mongodb'): Audits {
  return {
    connect: async (namespace, connection) => {
      const own = audit === 'shared' ? connection : await place.open();
      return { store: new MongooseAuditStore(own, { namespace }), close: () => own.close() };
    },
    tamper: (...entry) => tamperInMongo(place, ...entry),
    drop: async () => undefined,
  };
}

/** Alters or removes an audit entry as a person with mongosh would. */
export async function tamperInMongo(
  place: MongoPlace,
  namespace: string,
  seq: number,
  how: 'edit' | 'delete',
): Promise<void> {
  const entries = (await place.open()).collection('flamingock_audit');
  if (how === 'edit') await entries.updateOne({ namespace, seq }, { $set: { author: 'somebody else' } });
  else await entries.deleteOne({ namespace, seq });
}

async function postgresAudits(): Promise<Audits> {
  const place = await createSqlPlace('postgres');
  return {
    connect: async (namespace, _connection, options) => {
      const dataSource = await place.open(options);
      const store = new TypeOrmAuditStore(dataSource, { namespace });
      return { store, close: () => dataSource.destroy() };
    },
    tamper: place.tamper,
    drop: place.drop,
  };
}
