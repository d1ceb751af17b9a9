import { GetBucketVersioningCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import type { Recipe } from '../../../core/recipe.js';
import { unless } from '../s3-request.error.js';
import type { S3Session } from '../s3-session.js';

/** S3's two words. A bucket that has never been versioned is taken for suspended: new objects are stored alike. */
export type Versioning = 'Enabled' | 'Suspended';

/** How a bucket shall be versioned. */
export interface SetVersioning {
  readonly bucket: string;
  readonly versioning: Versioning;
}

/** Versioning is enabled or suspended. Put back, it is suspended where it had never been enabled: S3 knows no way back to that. */
export const SET_VERSIONING: Recipe<S3Session, SetVersioning, SetVersioning> = {
  operation: 's3.set-versioning',
  describe: ({ bucket, versioning }) => `set versioning of bucket '${bucket}' to ${versioning}`,
  async read({ client }, { bucket }) {
    const answer = client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    const found = await unless(answer, 'NoSuchBucket');
    return { bucket, versioning: found?.Status ?? 'Suspended' };
  },
  compare: ({ bucket, versioning: to }, { versioning: from }) =>
    from === to ? [] : [{ what: `versioning of bucket '${bucket}'`, from, to }],
  apply: setVersioning,
  expect: () => undefined,
  reverse: (before) => ({
    possible: true,
    summary: `set versioning of bucket '${before.bucket}' back to ${before.versioning}`,
    perform: (session) => setVersioning(session, before),
  }),
};

async function setVersioning({ client }: S3Session, { bucket, versioning }: SetVersioning): Promise<void> {
  const VersioningConfiguration = { Status: versioning };
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
}
