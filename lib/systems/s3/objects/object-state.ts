import { HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { canonicalJson } from '../../../core/kit/canonical-json.js';
import type { WrittenKind } from '../writes/own-writes.js';
import { unless } from '../connection/s3-request.error.js';
import { type ObjectProperties, propertiesOf } from './object-properties.js';

/** Where an object is. */
export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
}

/** An object as S3 describes it, without its content. JSON. */
export interface ObjectState {
  /** In bytes. */
  readonly size: number;
  /** With quotes, as S3 returns it. */
  readonly etag: string;
  /** The text `null` for an object that was put while the bucket was not versioned. */
  readonly versionId?: string;
  /** Checksums of the whole content, by algorithm. */
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

/** Reads the state of an object; undefined when there is no object or no bucket. */
export async function stateOf(
  { client }: { readonly client: S3Client },
  { bucket, key }: ObjectLocation,
): Promise<ObjectState | undefined> {
  const head = client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
  const found = await unless(head, 'NotFound', 'NoSuchKey', 'NoSuchBucket');
  return found && describeHead(found);
}

/** Whether both have the same content and properties. */
export function sameObject(a: ObjectState, b: ObjectState): boolean {
  return sameContent(a, b) && canonicalJson(a.properties) === canonicalJson(b.properties);
}

/** True when both certainly have the same content. */
export function sameContent(a: ObjectState, b: ObjectState): boolean {
  return a.size === b.size && (a.etag === b.etag || verdicts(a, b).includes(true));
}

/** True when the two certainly differ in content. */
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
      // A checksum of the parts' checksums depends on how the object was uploaded.
      return sum === undefined || sum.includes('-') ? [] : [[name, sum]];
    }),
  );
}

/** What S3 answers about an object that was written. */
export type WrittenObject = Partial<Pick<ObjectState, 'etag' | 'versionId'>>;

/** Compares objects by ETag and version, as far as the server gives them. */
export const WRITTEN_OBJECTS: WrittenKind<WrittenObject, ObjectState> = {
  isSame: (written, now) =>
    (!written.versionId || !now.versionId || written.versionId === now.versionId) &&
    (written.etag === undefined || written.etag === now.etag),
  describe: (now, written) => `${stateText(now)}${written?.etag ? `, not ${written.etag}` : ''}`,
};

/** For people: `object 'assets/logo.svg'`. */
export function objectName({ bucket, key }: ObjectLocation): string {
  return `object '${bucket}/${key}'`;
}
