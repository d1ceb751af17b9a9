import { Readable } from 'node:stream';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Buckets } from 'nestjs-flamingock/s3';
import type { RecipeCase } from 'nestjs-flamingock/testing';
import { objectState } from './bucket-state.js';
import { bucketsOf, keysIn, type S3Place } from './s3-location.js';

type Cases = Record<string, RecipeCase>;

/** Whether the bucket keeps versions, and what is at the place before. */
interface Scene {
  readonly versioned: boolean;
  readonly before: 'nothing' | 'small' | 'large' | 'tagged';
}

const SCENES: readonly Scene[] = [
  { versioned: false, before: 'nothing' },
  { versioned: false, before: 'small' },
  { versioned: false, before: 'large' },
  { versioned: false, before: 'tagged' },
  { versioned: true, before: 'nothing' },
  { versioned: true, before: 'small' },
];

const NEW = Buffer.alloc(3_000, 'new');
const OLD = { nothing: '', small: 'old', tagged: 'old', large: Buffer.alloc(100_000, 'old') } as const;
const KEY = 'img/größe & co+1.svg';

const OPERATIONS: Readonly<Record<string, (buckets: S3Buckets, bucket: string) => Promise<void>>> = {
  put: (buckets, bucket) =>
    buckets.putObject(bucket, KEY, NEW, { contentType: 'image/svg+xml', metadata: { Made: 'here' } }),
  'put by stream': (buckets, bucket) => buckets.putObject(bucket, KEY, () => Readable.from([NEW])),
  copy: (buckets, bucket) => buckets.copyObject({ bucket, key: 'source' }, { bucket, key: KEY }),
  delete: (buckets, bucket) => buckets.deleteObject(bucket, KEY),
};

/** Put, copy and delete, on each scene where they have something to do. */
export function objectCases(location: S3Place): Cases {
  const cases = SCENES.flatMap((scene, number) =>
    Object.entries(OPERATIONS).flatMap(([name, operation], index) => {
      if (name === 'delete' && scene.before === 'nothing') return [];
      const bucket = location.bucket(`objects-${number}-${index}`);
      const title = `${name} object, before: ${scene.before}${scene.versioned ? ', versioned' : ''}`;
      return [[title, caseOf(location, bucket, scene, operation)] as const];
    }),
  );
  return Object.fromEntries(cases);
}

function caseOf(
  location: S3Place,
  bucket: string,
  { versioned, before }: Scene,
  operation: (buckets: S3Buckets, bucket: string) => Promise<void>,
): RecipeCase {
  const { client } = location;
  return {
    prepare: async () => {
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      if (versioned)
        await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
      const Metadata = { was: 'before' };
      const source = { Bucket: bucket, Key: 'source', Body: 'the source', ContentType: 'text/css' };
      await client.send(new PutObjectCommand(source));
      if (before === 'nothing') return;
      const Tagging = before === 'tagged' ? { Tagging: 'a=b' } : {};
      const old = {
        Bucket: bucket,
        Key: KEY,
        Body: OLD[before],
        ContentType: 'text/plain',
        CacheControl: 'no-cache',
      };
      await client.send(new PutObjectCommand({ ...old, Metadata, ...Tagging }));
    },
    operation: (clients) => operation(bucketsOf(clients), bucket),
    // The keys too, but for the copy that is kept while it may be needed: it must be gone when it has served.
    state: async () => ({
      keys: (await keysIn(client, bucket)).filter((key) => !key.startsWith('.flamingock/')),
      object: await objectState(client, bucket, KEY),
    }),
  };
}
