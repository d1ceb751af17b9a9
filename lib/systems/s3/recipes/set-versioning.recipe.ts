import { GetBucketVersioningCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import type { Recipe } from '../../../core/model/recipe.js';
import { type BucketSettings, putBackSettings, writeSettings } from '../writes/bucket-settings.js';
import { isRefusal, unless } from '../connection/s3-request.error.js';
import type { S3Session } from '../connection/s3-session.js';

/** S3's two states. A bucket that was never versioned counts as suspended, because it stores new objects in the same way. */
export type Versioning = 'Enabled' | 'Suspended';

/** The versioning to set. */
export interface SetVersioning {
  readonly bucket: string;
  readonly versioning: Versioning;
}

/** Enables or suspends versioning. For a bucket that was never versioned, the way back suspends it: S3 can't return to the first state. */
export const SET_VERSIONING: Recipe<S3Session, SetVersioning, SetVersioning> = {
  operation: 's3.set-versioning',
  describe: ({ bucket, versioning }) => `set versioning of bucket '${bucket}' to ${versioning}`,
  read: async (session, { bucket }) => ({ bucket, versioning: await readVersioning(session, bucket) }),
  compare: ({ bucket, versioning: to }, { versioning: from }) =>
    from === to ? [] : [{ what: `versioning of bucket '${bucket}'`, from, to }],
  apply: (session, input) =>
    writeSettings(session, settingsOf(session, input), [input.versioning], () =>
      setVersioning(session, input),
    ),
  expect: () => undefined,
  wasRefused: isRefusal,
  reverse: (before) => ({
    possible: true,
    summary: `set versioning of bucket '${before.bucket}' back to ${before.versioning}`,
    perform: (session) =>
      putBackSettings(session, settingsOf(session, before), [before.versioning], () =>
        setVersioning(session, before),
      ),
  }),
};

function settingsOf(session: S3Session, { bucket }: SetVersioning): BucketSettings {
  const read = async (): Promise<Versioning[]> => [await readVersioning(session, bucket)];
  return { names: [`versioning of bucket '${bucket}'`], read };
}

async function readVersioning({ client }: S3Session, bucket: string): Promise<Versioning> {
  const answer = client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
  return (await unless(answer, 'NoSuchBucket'))?.Status ?? 'Suspended';
}

async function setVersioning({ client }: S3Session, { bucket, versioning }: SetVersioning): Promise<void> {
  const VersioningConfiguration = { Status: versioning };
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
}
