import { type BucketLocationConstraint, CreateBucketCommand, DeleteBucketCommand } from '@aws-sdk/client-s3';
import type { Recipe } from '../../../core/recipe.js';
import { isThere } from '../buckets/is-there.js';
import { purgeRemains } from '../buckets/purge-remains.js';
import { unless } from '../s3-request.error.js';
import type { S3Session } from '../s3-session.js';

/** A bucket that there shall be. */
export interface EnsureBucket {
  readonly bucket: string;
  /** Where it is made; a bucket that is there stays where it is. @default the client's region */
  readonly region?: string;
}

/** Whether there was one. */
export interface EnsureBucketBefore {
  readonly bucket: string;
  readonly existed: boolean;
}

/** A bucket is made unless it is there. Put back, it is deleted, if it holds nothing that can still be seen. */
export const ENSURE_BUCKET: Recipe<S3Session, EnsureBucket, EnsureBucketBefore> = {
  operation: 's3.ensure-bucket',
  describe: ({ bucket, region }) => `ensure bucket '${bucket}'${region ? ` in ${region}` : ''}`,
  read: async (session, { bucket }) => ({ bucket, existed: await isThere(session, bucket) }),
  compare: ({ bucket, region }, { existed }) =>
    existed ? [] : [{ what: `bucket '${bucket}'`, to: region ? `in ${region}` : 'there' }],
  apply: createBucket,
  expect: () => undefined,
  reverse: ({ bucket }) => ({
    possible: true,
    summary: `delete bucket '${bucket}'`,
    perform: (session) => deleteAgain(session, bucket),
  }),
};

async function createBucket({ client }: S3Session, { bucket, region }: EnsureBucket): Promise<void> {
  const place = region ?? (await client.config.region());
  const LocationConstraint = place as BucketLocationConstraint;
  // The oldest region has no name here.
  const configuration = place === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint } };
  const made = client.send(new CreateBucketCommand({ Bucket: bucket, ...configuration }));
  await unless(made, 'BucketAlreadyOwnedByYou');
}

async function deleteAgain(session: S3Session, bucket: string): Promise<void> {
  if (!(await isThere(session, bucket))) return;
  await purgeRemains(session, bucket);
  await unless(session.client.send(new DeleteBucketCommand({ Bucket: bucket })), 'NoSuchBucket');
}
