import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { serverUrl } from '../../support/databases.js';
import { bucketPrefix, removeBuckets, s3Client, s3Keys } from '../../support/s3.js';
import { connectBucket } from '../app/bucket-target.js';
import { effectsLeft } from '../app/bucket-effects.js';
import type { BucketSpec } from '../app/messages.js';

/** A bucket of one deployment on the shared S3 server; every scenario has a prefix of its own in it. */
export interface CrashBucket {
  spec(namespace: string): BucketSpec;
  drop(): Promise<void>;
}

export async function createCrashBucket(): Promise<CrashBucket> {
  const bucket = `${bucketPrefix()}crash`;
  const client = s3Client();
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const common = { bucket, endpoint: serverUrl('s3'), credentials: s3Keys() };
  return {
    spec: (namespace) => ({ ...common, prefix: `${namespace}/` }),
    drop: async () => {
      await removeBuckets(client, bucket);
      client.destroy();
    },
  };
}

/** What there is of the effects: `change/part#attempt`. */
export async function objectsIn(spec: BucketSpec): Promise<string[]> {
  const client = connectBucket(spec);
  try {
    return await effectsLeft(client, spec);
  } finally {
    client.destroy();
  }
}
