import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { canonicalJson } from '../../../core/canonical-json.js';
import { unless } from '../s3-request.error.js';
import type { S3Session } from '../s3-session.js';
import { type ObjectProperties, propertiesOf } from './object-properties.js';

/** Where an object is. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/** An object as S3 tells about it, without its content. JSON. */
export interface ObjectState {
  /** In bytes. */
  readonly size: number;
  /** Quoted, as S3 has it. */
  readonly etag: string;
  /** `null` for one that was put while the bucket was not versioned. */
  readonly versionId?: string;
  /** Of the whole content, by algorithm. */
  readonly checksums: Readonly<Record<string, string>>;
  readonly properties: ObjectProperties;
  readonly tagged: boolean;
}

const CHECKSUMS = [
  'ChecksumCRC32',
  'ChecksumCRC32C',
  'ChecksumCRC64NVME',
  'ChecksumSHA1',
  'ChecksumSHA256',
] as const;

/** The object now; undefined when there is none, or no bucket. */
export async function stateOf(
  { client }: Pick<S3Session, 'client'>,
  { bucket, key }: ObjectPlace,
): Promise<ObjectState | undefined> {
  const head = client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
  const found = await unless(head, 'NotFound', 'NoSuchKey', 'NoSuchBucket');
  return found && describeHead(found);
}

/** Whether both have the same content and properties. */
export function sameObject(a: ObjectState, b: ObjectState): boolean {
  return sameContent(a, b) && canonicalJson(a.properties) === canonicalJson(b.properties);
}

/** Whether both surely have the same content. */
export function sameContent(a: ObjectState, b: ObjectState): boolean {
  return a.size === b.size && (a.etag === b.etag || verdicts(a, b).includes(true));
}

/** Whether the two surely differ in content. */
export function otherContent(a: ObjectState, b: ObjectState): boolean {
  return a.size !== b.size || verdicts(a, b).includes(false);
}

/** For people: `12 bytes, "9a0364b9…"`. */
export function stateText({ size, etag }: Pick<ObjectState, 'size' | 'etag'>): string {
  return `${size} bytes, ${etag}`;
}

function verdicts(a: ObjectState, b: ObjectState): boolean[] {
  return Object.entries(a.checksums).flatMap(([name, sum]) => {
    const other = b.checksums[name];
    return other === undefined ? [] : [sum === other];
  });
}

function describeHead(head: HeadObjectCommandOutput): ObjectState {
  const { ContentLength = 0, ETag = '', VersionId, TagCount = 0 } = head;
  return {
    size: ContentLength,
    etag: ETag,
    ...(VersionId !== undefined && { versionId: VersionId }),
    checksums: head.ChecksumType === 'COMPOSITE' ? {} : checksumsOf(head),
    properties: propertiesOf(head),
    tagged: TagCount > 0,
  };
}

function checksumsOf(head: HeadObjectCommandOutput): Record<string, string> {
  return Object.fromEntries(
    CHECKSUMS.flatMap((name) => {
      const sum = head[name];
      // A sum of the parts' sums, which depends on how it was sent.
      return sum === undefined || sum.includes('-') ? [] : [[name, sum]];
    }),
  );
}
