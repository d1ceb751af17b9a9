import { CreateBucketCommand, DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { MongooseAuditStore } from 'nestjs-flamingock/mongoose';
import { S3TargetSystem } from 'nestjs-flamingock/s3';
import type { PairPlace, RecoveryPair } from 'nestjs-flamingock/testing';
import { createMongoPlace } from '../../mongoose/support/connections.js';
import { tamperInMongo } from '../../mongoose/support/mongo-pair.js';
import { type Audits, sqlAudits } from '../../pairs/filesystem-pair.js';
import { createSqlPlace } from '../../pairs/sql-place.js';
import { bucketsOf, clientOf, keysIn, s3Place } from './s3-place.js';

/** The audit in a database, the effects objects in a bucket. */
export function s3Pair(audit: 'postgres' | 'mongodb'): RecoveryPair {
  const place = s3Place();
  // One bucket for the file: the methods of a change must know it before its place is made.
  const Bucket = place.bucket('effects');
  return {
    name: `${audit === 'postgres' ? 'typeorm:postgres' : 'mongoose'} × s3`,
    strategy: 'plain',
    concurrentWriters: true,
    capabilities: ['tamper'],
    effect: (clients, name) => bucketsOf(clients).putObject(Bucket, name, 'in effect'),
    revert: async (clients, name) =>
      void (await clientOf(clients).send(new DeleteObjectCommand({ Bucket, Key: name }))),
    sees: (clients, name) =>
      clientOf(clients)
        .send(new HeadObjectCommand({ Bucket, Key: name }))
        .then(() => true, isMissing),
    createPlace: async (): Promise<PairPlace> => {
      await place.client.send(new CreateBucketCommand({ Bucket }));
      const audits = audit === 'postgres' ? sqlAudits(await createSqlPlace('postgres')) : await mongoAudits();
      return {
        connect: async (namespace, options) => ({
          ...(await audits.connect(namespace, options)),
          target: new S3TargetSystem('assets', place.open()),
        }),
        effects: () => keysIn(place.client, Bucket),
        tamper: audits.tamper,
        drop: async () => {
          await audits.drop();
          await place.drop();
        },
      };
    },
  };
}

async function mongoAudits(): Promise<Audits> {
  const place = await createMongoPlace();
  return {
    connect: async (namespace) => {
      const connection = await place.open();
      const store = new MongooseAuditStore(connection, { namespace });
      return { store, close: () => connection.close() };
    },
    tamper: (...entry) => tamperInMongo(place, ...entry),
    drop: place.drop,
  };
}

function isMissing(error: unknown): false {
  if (error instanceof Error && error.name === 'NotFound') return false;
  throw error;
}
