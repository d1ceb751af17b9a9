import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { Clients } from 'nestjs-flamingock/kit';
import { S3Buckets } from 'nestjs-flamingock/s3';
import { bucketPrefix, removeBuckets, s3Client } from '../../../support/s3.js';

/** Buckets of one test file, and a client that looks at them around the target system. */
export interface S3Place {
  readonly client: S3Client;
  /** A bucket name that nobody else has. */
  bucket(name: string): string;
  /** A client of its own, as another process would have it. */
  open(): S3Client;
  drop(): Promise<void>;
}

/** @param endpoint - default: the shared versitygw */
export function s3Place(endpoint?: string): S3Place {
  const client = s3Client(endpoint);
  const opened = [client];
  const prefix = bucketPrefix();
  return {
    client,
    bucket: (name) => `${prefix}${name}`,
    open: () => {
      const another = s3Client(endpoint);
      opened.push(another);
      return another;
    },
    drop: async () => {
      await removeBuckets(client, prefix);
      for (const one of opened) one.destroy();
    },
  };
}

/** The names of all objects in a bucket. */
export async function keysIn(client: S3Client, Bucket: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

/** S3Buckets among the clients of an attempt. */
export function bucketsOf(clients: Clients): S3Buckets {
  const found = clients.find(({ token }) => token === S3Buckets)?.instance;
  if (found instanceof S3Buckets) return found;
  throw new TypeError('the target system has no S3Buckets');
}

/** The guarded S3Client among the clients of an attempt. */
export function clientOf([{ instance }]: Clients): S3Client {
  return instance as S3Client;
}
