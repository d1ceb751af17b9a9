import { randomBytes } from 'node:crypto';
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { S3_KEYS } from '../servers/s3.mjs';
import { serverUrl } from './databases.js';

/** A client of the shared S3 server, of the mock, or of another one. The caller destroys it. */
export function s3Client(endpoint = serverUrl('s3'), options: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: s3Keys(),
    ...options,
  });
}

/** Who may use the server. */
export function s3Keys(): { accessKeyId: string; secretAccessKey: string } {
  const { S3_ACCESS_KEY, S3_SECRET_KEY } = process.env;
  return {
    accessKeyId: S3_ACCESS_KEY ?? S3_KEYS.accessKeyId,
    secretAccessKey: S3_SECRET_KEY ?? S3_KEYS.secretAccessKey,
  };
}

/** A prefix for bucket names that nobody else has. */
export function bucketPrefix(): string {
  return `flamingock-${randomBytes(6).toString('hex')}-`;
}

/** Removes the buckets with this prefix, and all that is in them. */
export async function removeBuckets(client: S3Client, prefix: string): Promise<void> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  const names = Buckets.flatMap(({ Name }) => (Name?.startsWith(prefix) ? [Name] : []));
  await Promise.all(names.map((name) => removeBucket(client, name)));
}

async function removeBucket(client: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const all = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    const Objects = all.map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) break;
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
  await client.send(new DeleteBucketCommand({ Bucket }));
}
