import type { Admin } from 'kafkajs';
import type { AuditStore } from 'nestjs-flamingock/kit';
import { KAFKA_ADMIN, type KafkaAcl, KafkaTargetSystem } from 'nestjs-flamingock/kafka';
import { MongooseAuditStore } from 'nestjs-flamingock/mongoose';
import type { PairLocation, RecoveryPair } from 'nestjs-flamingock/testing';
import { entryOf } from '../../../../lib/systems/kafka/topics/acl-entries.js';
import { createMongoLocation } from '../../mongoose/support/connections.js';
import { tamperInMongo } from '../../mongoose/support/mongo-pair.js';
import { type Audits, sqlAudits } from '../../pairs/filesystem-pair.js';
import { createSqlLocation } from '../../pairs/sql-location.js';
import { clientOf, topicsOf } from './clients.js';
import { newPrefix, testKafka } from './kafka-location.js';
import { KafkaObserver } from './kafka-observer.js';

/** The effects are rights, which are made and removed faster than topics; the audit is in a database. */
export function kafkaPair(audit: 'postgres' | 'mongodb'): RecoveryPair {
  const prefix = newPrefix();
  return {
    name: `${audit === 'postgres' ? 'typeorm:postgres' : 'mongoose'} × kafka`,
    strategy: 'plain',
    concurrentWriters: true,
    capabilities: ['tamper'],
    effect: (clients, name) => topicsOf(clients).createAcls([rightOn(`${prefix}${name}`)]),
    revert: (clients, name) => topicsOf(clients).deleteAcls([rightOn(`${prefix}${name}`)]),
    sees: async (clients, name) => {
      const admin = clientOf<Admin>(clients, KAFKA_ADMIN);
      const { resources } = await admin.describeAcls(entryOf(rightOn(`${prefix}${name}`)));
      return resources.length > 0;
    },
    createLocation: async () =>
      kafkaLocation(prefix, await (audit === 'postgres' ? postgresAudits() : mongoAudits())),
  };
}

/** A right on a topic, for which the topic need not be there. */
function rightOn(resource: string): KafkaAcl {
  return { resource, principal: 'User:shop', operation: 'read' };
}

async function kafkaLocation(prefix: string, audits: Audits): Promise<PairLocation> {
  const observer = await KafkaObserver.connect(testKafka());
  return {
    connect: async (namespace, options) => ({
      ...(await audits.connect(namespace, options)),
      target: new KafkaTargetSystem('events', testKafka()),
    }),
    effects: async () => (await observer.rights(prefix)).map((topic) => topic.slice(prefix.length)),
    tamper: audits.tamper,
    drop: async () => {
      await audits.drop();
      await observer.drop(prefix);
    },
  };
}

async function postgresAudits(): Promise<Audits> {
  return sqlAudits(await createSqlLocation('postgres'));
}

async function mongoAudits(): Promise<Audits> {
  const location = await createMongoLocation();
  return {
    connect: async (namespace): Promise<{ readonly store: AuditStore; close(): Promise<void> }> => {
      const connection = await location.open();
      return { store: new MongooseAuditStore(connection, { namespace }), close: () => connection.close() };
    },
    tamper: (...entry) => tamperInMongo(location, ...entry),
    drop: location.drop,
  };
}
