import { Readable } from 'node:stream';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { type S3Buckets, S3TargetSystem } from 'nestjs-flamingock/s3';
import { type Effect, targetSystemContract } from 'nestjs-flamingock/testing';
import { bucketsOf, clientOf, keysIn, s3Place } from './support/s3-location.js';

// On versitygw, a real S3 server.

const location = s3Place();
const Bucket = location.bucket('contract');
const put = (Key: string) => new PutObjectCommand({ Bucket, Key, Body: 'text' });

const byClient =
  (work: (client: S3Client, key: string) => Promise<unknown>): Effect =>
  async (clients, name) =>
    void (await work(clientOf(clients), name));

const byBuckets =
  (work: (buckets: S3Buckets, key: string) => Promise<unknown>): Effect =>
  async (clients, name) =>
    void (await work(bucketsOf(clients), name));

targetSystemContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 's3',
    transactional: false,
    effects: {
      'S3Client.send': byClient((client, key) => client.send(put(key))),
      'S3Client.send with a callback': byClient(
        (client, key) =>
          new Promise<void>((resolve, reject) =>
            client.send(put(key), (error: unknown) => (error ? reject(error) : resolve())),
          ),
      ),
      'a helper of the SDK on the client': byClient((client, key) =>
        new Upload({ client, params: { Bucket, Key: key, Body: 'text' } }).done(),
      ),
      'S3Buckets.putObject': byBuckets((buckets, key) => buckets.putObject(Bucket, key, 'text')),
      'S3Buckets.putObject of a stream': byBuckets((buckets, key) =>
        buckets.putObject(Bucket, key, Readable.from([Buffer.from('text')])),
      ),
    },
    createLocation: async () => {
      await location.client.send(new CreateBucketCommand({ Bucket })).catch(() => undefined);
      return {
        connect: async () => {
          const client = location.open();
          return { target: new S3TargetSystem('assets', client), close: async () => client.destroy() };
        },
        effects: () => keysIn(location.client, Bucket),
        drop: async () => {},
      };
    },
  },
);

afterAll(() => location.drop());
