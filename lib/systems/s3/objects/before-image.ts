import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
} from '@aws-sdk/client-s3';
import { TargetSystemError } from '../../../core/model/errors.js';
import { isRefusal, unless } from '../connection/s3-request.error.js';
import type { S3Session } from '../connection/s3-session.js';
import { notCopied, type ObjectProperties } from './object-properties.js';
import {
  type WrittenObject,
  type ObjectLocation,
  objectName,
  type ObjectState,
  stateOf,
} from './object-state.js';

/** The largest object that S3 copies in one call, in bytes. */
const LARGEST_COPY = 5 * 1024 ** 3;

/** A copy within S3: the content does not pass this process. */
export interface ServerCopy {
  readonly from: ObjectLocation & { readonly versionId?: string };
  readonly to: ObjectLocation;
  /** Properties of the source; S3 copies only some of them by itself. */
  readonly properties: ObjectProperties;
  readonly conditions?: Pick<CopyObjectCommandInput, 'CopySourceIfMatch' | 'IfNoneMatch'>;
}

/** Makes S3 copy an object with content type, metadata and tags. */
export async function copyOnServer({ client }: S3Session, copy: ServerCopy): Promise<WrittenObject> {
  const { from, to, properties, conditions } = copy;
  const input = {
    Bucket: to.bucket,
    Key: to.key,
    CopySource: sourceOf(from),
    MetadataDirective: 'COPY',
    TaggingDirective: 'COPY',
    ...notCopied(properties),
    ...conditions,
  } as const;
  const { CopyObjectResult, VersionId: versionId } = await client.send(new CopyObjectCommand(input));
  return { etag: CopyObjectResult?.ETag, versionId };
}

function sourceOf({ bucket, key, versionId }: ServerCopy['from']): string {
  const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
  return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
}

/** The largest content that is kept in memory, in bytes. */
const LARGEST_INLINE = 64 * 1024;

/** Where the old content of an object is kept, so that it can be put back. */
export type Kept =
  /** As an older version: the bucket is versioned. */
  | { readonly how: 'version'; readonly versionId: string }
  | { readonly how: 'inline'; readonly base64: string }
  /** As a copy below the reserved prefix, made right before the effect. */
  | { readonly how: 'copy'; readonly key: string }
  | { readonly how: 'not'; readonly reason: string };

/** An object before an operation; `state` is absent when there was none. JSON. */
export interface ObjectBefore extends ObjectLocation {
  readonly state?: ObjectState;
  readonly kept?: Kept;
}

/** Reads an object and decides how its content can be kept. Writes nothing. */
export async function readBefore(session: S3Session, location: ObjectLocation): Promise<ObjectBefore> {
  const { bucket, key } = location;
  if (key.startsWith(session.undoPrefix)) throw reserved(session, location);
  const state = await stateOf(session, location);
  return state ? { bucket, key, state, kept: await keeping(session, location, state) } : { bucket, key };
}

/** Makes the copy where one is needed, then runs `effect`. When S3 refuses the effect, the copy is removed. */
export async function withBeforeKept(
  session: S3Session,
  before: ObjectBefore,
  effect: () => Promise<WrittenObject | undefined>,
): Promise<void> {
  await keep(session, before);
  try {
    const name = objectName(before);
    await session.writes.objects.during([[name]], async () => [[name, await effect()]]);
  } catch (error) {
    if (isRefusal(error)) await forget(session, before).catch(() => undefined);
    throw error;
  }
}

/** Removes the copy, if one was made. */
export async function forget({ client }: S3Session, { bucket, kept }: ObjectBefore): Promise<void> {
  if (kept?.how === 'copy') await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: kept.key }));
}

async function keep(session: S3Session, { bucket, key, state, kept }: ObjectBefore): Promise<void> {
  if (!state || kept?.how !== 'copy') return;
  await copyOnServer(session, {
    from: { bucket, key },
    to: { bucket, key: kept.key },
    properties: state.properties,
    conditions: { CopySourceIfMatch: state.etag },
  });
}

async function keeping(session: S3Session, location: ObjectLocation, state: ObjectState): Promise<Kept> {
  const { size, versionId = 'null' } = state;
  if (versionId !== 'null' || (await isVersioned(session, location.bucket)))
    return size > LARGEST_COPY ? tooLarge(location) : { how: 'version', versionId };
  // Reading the content does not return tags; a copy has them.
  if (size <= LARGEST_INLINE && !state.tagged) return inline(session, location, state);
  return size > LARGEST_COPY ? tooLarge(location) : { how: 'copy', key: copyKey(session, location, state) };
}

async function isVersioned({ client }: S3Session, bucket: string): Promise<boolean> {
  const answer = client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
  return (await unless(answer, 'NoSuchBucket'))?.Status === 'Enabled';
}

async function inline(
  { client }: S3Session,
  { bucket, key }: ObjectLocation,
  { etag }: ObjectState,
): Promise<Kept> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag }));
  return { how: 'inline', base64: (await Body?.transformToString('base64')) ?? '' };
}

/** A key of this attempt only, so that no attempt removes a copy that another may still need. */
function copyKey(
  { undoPrefix, attemptName }: S3Session,
  { key }: ObjectLocation,
  { etag }: ObjectState,
): string {
  const name = createHash('sha256')
    .update(JSON.stringify([attemptName, key, etag]))
    .digest('hex');
  return `${undoPrefix}${name}`;
}

function tooLarge({ bucket, key }: ObjectLocation): Kept {
  return {
    how: 'not',
    reason: `object '${bucket}/${key}' is larger than the 5 GiB that S3 copies in one call`,
  };
}

function reserved({ undoPrefix }: S3Session, { bucket, key }: ObjectLocation): TargetSystemError {
  return new TargetSystemError(
    `The key '${key}' in bucket '${bucket}' is refused: '${undoPrefix}' is where Flamingock keeps copies for putting back.`,
    { fix: ['use another key', 'or give S3TargetSystem another undoPrefix'] },
  );
}
