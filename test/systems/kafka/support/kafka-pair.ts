import type { Admin } from 'kafkajs';
import type { AuditStore } from 'nestjs-flamingock';
import { KAFKA_ADMIN, KafkaTargetSystem, type KafkaAcl } from 'nestjs-flamingock/kafka';
import { MongooseAuditStore } from 'nestjs-flamingock/mongoose';
import type { PairPlace, RecoveryPair } from 'nestjs-flamingock/testing';
import { entryOf } from '../../../../lib/systems/kafka/acl-entries.js';
import { createMongoPlace } from '../../mongoose/support/connections.js';
import { tamperInMongo } from '../../mongoose/support/mongo-pair.js';
import { type Audits, sqlAudits } from '../../pairs/filesystem-pair.js';
import { createSqlPlace } from '../../pairs/sql-place.js';
import { clientOf, topicsOf } from './clients.js';
import { KafkaObserver } from './kafka-observer.js';
import { newPrefix, testKafka } from './kafka-place.js';

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
    createPlace: async () =>
      kafkaPlace(prefix, await (audit === 'postgres' ? postgresAudits() : mongoAudits())),
  };
}

/** A right on a topic, for which the topic need not be there. */
function rightOn(resource: string): KafkaAcl {
  return { resource, principal: 'User:shop', operation: 'read' };
}

async function kafkaPlace(prefix: string, audits: Audits): Promise<PairPlace> {
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
  return sqlAudits(await createSqlPlace('postgres'));
}

async function mongoAudits(): Promise<Audits> {
  const place = await createMongoPlace();
  return {
    connect: async (namespace): Promise<{ readonly store: AuditStore; close(): Promise<void> }> => {
      const connection = await place.open();
      return { store: new MongooseAuditStore(connection, { namespace }), close: () => connection.close() };
    },
    tamper: (...entry) => tamperInMongo(place, ...entry),
    drop: place.drop,
  };
}
