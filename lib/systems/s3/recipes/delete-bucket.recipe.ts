import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { TargetSystemError } from '../../../core/errors.js';
import type { Recipe } from '../../../core/recipe.js';
import { isThere } from '../buckets/is-there.js';
import { isRefusal, unless } from '../s3-request.error.js';
import type { S3Session } from '../s3-session.js';

/** A bucket that there shall not be. */
export interface DeleteBucket {
  readonly bucket: string;
  /** Says that it is meant: a deleted bucket can't be put back. */
  readonly allowDelete: true;
}

/** Whether there was one. */
export interface DeleteBucketBefore {
  readonly bucket: string;
  readonly existed: boolean;
}

/** An empty bucket is deleted; S3 refuses one that is not empty. */
export const DELETE_BUCKET: Recipe<S3Session, DeleteBucket, DeleteBucketBefore> = {
  operation: 's3.delete-bucket',
  describe: ({ bucket }) => `delete bucket '${bucket}'`,
  async read(session, { bucket, allowDelete }) {
    if (allowDelete !== true) throw notAllowed(bucket);
    return { bucket, existed: await isThere(session, bucket) };
  },
  compare: ({ bucket }, { existed }) => (existed ? [{ what: `bucket '${bucket}'`, from: 'there' }] : []),
  async apply({ client }, { bucket }) {
    await unless(client.send(new DeleteBucketCommand({ Bucket: bucket })), 'NoSuchBucket');
  },
  expect: () => undefined,
  wasRefused: isRefusal,
  reverse: ({ bucket }) => ({
    possible: false,
    reason: `the configuration of bucket '${bucket}' goes with it, and somebody else may take its name`,
  }),
};

function notAllowed(bucket: string): TargetSystemError {
  return new TargetSystemError(
    `Bucket '${bucket}' was not deleted, because the change does not say that it may.`,
    {
      fix: [`write deleteBucket('${bucket}', { allowDelete: true }), if it is meant`],
    },
  );
}
