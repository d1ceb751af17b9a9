import { CreateBucketCommand, DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { MongooseAuditStore } from 'nestjs-flamingock/mongoose';
import { S3TargetSystem } from 'nestjs-flamingock/s3';
import type { PairLocation, RecoveryPair } from 'nestjs-flamingock/testing';
import { createMongoLocation } from '../../mongoose/support/connections.js';
import { tamperInMongo } from '../../mongoose/support/mongo-pair.js';
import { type Audits, sqlAudits } from '../../pairs/filesystem-pair.js';
import { createSqlLocation } from '../../pairs/sql-location.js';
import { bucketsOf, clientOf, keysIn, s3Place } from './s3-location.js';

/** The audit in a database, the effects objects in a bucket. */
export function s3Pair(audit: 'postgres' | 'mongodb'): RecoveryPair {
  const location = s3Place();
  // One bucket for the file: the methods of a change must know it before its place is made.
  const Bucket = location.bucket('effects');
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
    createLocation: async (): Promise<PairLocation> => {
      await location.client.send(new CreateBucketCommand({ Bucket }));
      const audits =
        audit === 'postgres' ? sqlAudits(await createSqlLocation('postgres')) : await mongoAudits();
      return {
        connect: async (namespace, options) => ({
          ...(await audits.connect(namespace, options)),
          target: new S3TargetSystem('assets', location.open()),
        }),
        effects: () => keysIn(location.client, Bucket),
        tamper: audits.tamper,
        drop: async () => {
          await audits.drop();
          await location.drop();
        },
      };
    },
  };
}

async function mongoAudits(): Promise<Audits> {
  const location = await createMongoLocation();
  return {
    connect: async (namespace) => {
      const connection = await location.open();
      const store = new MongooseAuditStore(connection, { namespace });
      return { store, close: () => connection.close() };
    },
    tamper: (...entry) => tamperInMongo(location, ...entry),
    drop: location.drop,
  };
}

function isMissing(error: unknown): false {
  if (error instanceof Error && error.name === 'NotFound') return false;
  throw error;
}
