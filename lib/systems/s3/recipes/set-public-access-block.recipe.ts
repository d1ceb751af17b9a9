import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { Recipe } from '../../../core/model/recipe.js';
import { type BucketSettings, putBackSettings, writeSettings } from '../writes/bucket-settings.js';
import { isRefusal, unless } from '../connection/s3-request.error.js';
import type { S3Session } from '../connection/s3-session.js';

/** S3's four switches against public access. A switch that is left out stays as it is. */
export interface PublicAccessBlock {
  readonly BlockPublicAcls?: boolean;
  readonly IgnorePublicAcls?: boolean;
  readonly BlockPublicPolicy?: boolean;
  readonly RestrictPublicBuckets?: boolean;
}

/** The switches to set. */
export interface SetPublicAccessBlock {
  readonly bucket: string;
  readonly block: PublicAccessBlock;
}

/** The switches that the bucket had. */
export interface SetPublicAccessBlockBefore {
  readonly bucket: string;
  /** Absent when the bucket had no configuration. */
  readonly block?: PublicAccessBlock;
  /** The switches that the operation changes; it leaves the others alone. */
  readonly turned: readonly Switch[];
}

type Switch = keyof PublicAccessBlock;

const SWITCHES = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;

/** Sets switches against public access, each independently of the others. */
export const SET_PUBLIC_ACCESS_BLOCK: Recipe<S3Session, SetPublicAccessBlock, SetPublicAccessBlockBefore> = {
  operation: 's3.set-public-access-block',
  describe: ({ bucket, block }) =>
    `set public access block of bucket '${bucket}': ${SWITCHES.flatMap((name) => (block[name] === undefined ? [] : [`${name} ${block[name]}`])).join(', ')}`,
  async read(session, { bucket, block: asked }) {
    const block = await readBlock(session, bucket);
    const turned = SWITCHES.filter((name) => asked[name] !== undefined && asked[name] !== isOn(block, name));
    return { bucket, ...(block && { block }), turned };
  },
  compare: ({ bucket, block }, { block: found, turned }) =>
    turned.map((name) => ({
      what: `${name} of bucket '${bucket}'`,
      from: `${isOn(found, name)}`,
      to: `${isOn(block, name)}`,
    })),
  apply: (session, { bucket, block }, { block: found, turned }) =>
    writeSettings(
      session,
      settingsOf(session, bucket, turned),
      turned.map((name) => isOn(block, name)),
      () => putBlock(session, bucket, { ...found, ...block }),
    ),
  expect: () => undefined,
  wasRefused: isRefusal,
  reverse: (before) => ({
    possible: true,
    summary: `put back the public access block of bucket '${before.bucket}'`,
    perform: (session) => putBack(session, before),
  }),
};

function putBack(session: S3Session, { bucket, block, turned }: SetPublicAccessBlockBefore): Promise<void> {
  const values = turned.map((name) => isOn(block, name));
  return putBackSettings(session, settingsOf(session, bucket, turned), values, async () => {
    const now = await readBlock(session, bucket);
    const back = { ...now, ...Object.fromEntries(turned.map((name) => [name, isOn(block, name)])) };
    const isNeeded = block !== undefined || SWITCHES.some((name) => isOn(back, name));
    await putBlock(session, bucket, isNeeded ? back : undefined);
  });
}

function settingsOf(session: S3Session, bucket: string, switches: readonly Switch[]): BucketSettings {
  return {
    names: switches.map((name) => `${name} of bucket '${bucket}'`),
    async read() {
      const block = await readBlock(session, bucket);
      return switches.map((name) => isOn(block, name));
    },
  };
}

function isOn(block: PublicAccessBlock | undefined, name: Switch): boolean {
  return block?.[name] ?? false;
}

async function readBlock({ client }: S3Session, bucket: string): Promise<PublicAccessBlock | undefined> {
  const answer = client.send(new GetPublicAccessBlockCommand({ Bucket: bucket }));
  const found = await unless(answer, 'NoSuchPublicAccessBlockConfiguration', 'NoSuchBucket');
  return found?.PublicAccessBlockConfiguration;
}

async function putBlock({ client }: S3Session, Bucket: string, block?: PublicAccessBlock): Promise<void> {
  if (block)
    await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: block }));
  else await client.send(new DeletePublicAccessBlockCommand({ Bucket }));
}
