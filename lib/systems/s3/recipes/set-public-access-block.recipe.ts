import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { Recipe } from '../../../core/recipe.js';
import { unless } from '../s3-request.error.js';
import type { S3Session } from '../s3-session.js';

/** S3's four switches; what is left out stays as it is. */
export interface PublicAccessBlock {
  readonly BlockPublicAcls?: boolean;
  readonly IgnorePublicAcls?: boolean;
  readonly BlockPublicPolicy?: boolean;
  readonly RestrictPublicBuckets?: boolean;
}

/** The switches that a bucket shall have. */
export interface SetPublicAccessBlock {
  readonly bucket: string;
  readonly block: PublicAccessBlock;
}

/** The switches that it had. */
export interface SetPublicAccessBlockBefore {
  readonly bucket: string;
  /** Absent: it had no configuration. */
  readonly block?: PublicAccessBlock;
}

const SWITCHES = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;

/** The switches that block public access are set, each on its own. */
export const SET_PUBLIC_ACCESS_BLOCK: Recipe<S3Session, SetPublicAccessBlock, SetPublicAccessBlockBefore> = {
  operation: 's3.set-public-access-block',
  describe: ({ bucket, block }) =>
    `set public access block of bucket '${bucket}': ${SWITCHES.flatMap((name) => (block[name] === undefined ? [] : [`${name} ${block[name]}`])).join(', ')}`,
  async read({ client }, { bucket }) {
    const answer = client.send(new GetPublicAccessBlockCommand({ Bucket: bucket }));
    const found = await unless(answer, 'NoSuchPublicAccessBlockConfiguration', 'NoSuchBucket');
    const block = found?.PublicAccessBlockConfiguration;
    return { bucket, ...(block && { block }) };
  },
  compare: ({ bucket, block }, { block: found = {} }) =>
    SWITCHES.flatMap((name) => {
      const [from = false, to = from] = [found[name], block[name]];
      return from === to ? [] : [{ what: `${name} of bucket '${bucket}'`, from: `${from}`, to: `${to}` }];
    }),
  apply: (session, { bucket, block }, { block: found }) => putBlock(session, bucket, { ...found, ...block }),
  expect: () => undefined,
  reverse: ({ bucket, block }) => ({
    possible: true,
    summary: `put back the public access block of bucket '${bucket}'`,
    perform: (session) => putBlock(session, bucket, block),
  }),
};

async function putBlock({ client }: S3Session, Bucket: string, block?: PublicAccessBlock): Promise<void> {
  if (block)
    await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: block }));
  else await client.send(new DeletePublicAccessBlockCommand({ Bucket }));
}
