import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
} from '@aws-sdk/client-s3';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { Recipe } from '../../../core/model/recipe.js';
import { isRefusal, unless } from '../connection/s3-request.error.js';
import type { S3Session } from '../connection/s3-session.js';

/** Whether a bucket exists. @throws S3RequestError when the client may not see it */
export async function isThere({ client }: Pick<S3Session, 'client'>, bucket: string): Promise<boolean> {
  const head = client.send(new HeadBucketCommand({ Bucket: bucket }));
  return (await unless(head, 'NotFound', 'NoSuchBucket')) !== undefined;
}

/**
 * Removes old versions, delete markers and this library's own copies from a bucket. Current objects stay; S3 then refuses to delete the
 * bucket.
 */
async function purgeRemains(session: S3Session, Bucket: string): Promise<void> {
  const { client } = session;
  let markers: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
  while (markers) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket, ...markers }),
    );
    const Objects = remainsIn(session, page);
    if (Objects.length > 0)
      await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    const { IsTruncated, NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
    markers = IsTruncated ? { KeyMarker, VersionIdMarker } : undefined;
  }
}

function remainsIn(
  { undoPrefix }: S3Session,
  { Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput,
): ObjectIdentifier[] {
  const unseen = Versions.filter(({ IsLatest, Key }) => !IsLatest || Key?.startsWith(undoPrefix));
  return [...unseen, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
}

/** The bucket to create. */
export interface EnsureBucket {
  readonly bucket: string;
  /** Region of a new bucket; an existing one stays where it is. @default the client's region */
  readonly region?: string;
}

/** Whether there was one. */
export interface EnsureBucketBefore {
  readonly bucket: string;
  readonly existed: boolean;
}

/** Creates a bucket unless it exists. The way back deletes it, if it has no current objects. */
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
  const location = region ?? (await client.config.region());
  const LocationConstraint = location as BucketLocationConstraint;
  // S3 refuses the name of its oldest region here.
  const configuration = location === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint } };
  const made = client.send(new CreateBucketCommand({ Bucket: bucket, ...configuration }));
  await unless(made, 'BucketAlreadyOwnedByYou');
}

async function deleteAgain(session: S3Session, bucket: string): Promise<void> {
  if (!(await isThere(session, bucket))) return;
  await purgeRemains(session, bucket);
  await unless(session.client.send(new DeleteBucketCommand({ Bucket: bucket })), 'NoSuchBucket');
}

/** The bucket to delete. */
export interface DeleteBucket {
  readonly bucket: string;
  /** Confirms the deletion, because a deleted bucket can't be put back. */
  readonly allowDelete: true;
}

/** Whether there was one. */
export interface DeleteBucketBefore {
  readonly bucket: string;
  readonly existed: boolean;
}

/** Deletes an empty bucket; S3 refuses one that is not empty. */
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
