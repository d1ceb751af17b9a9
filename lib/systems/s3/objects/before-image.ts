import { createHash } from 'node:crypto';
import { DeleteObjectCommand, GetBucketVersioningCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { TargetSystemError } from '../../../core/errors.js';
import type { S3Session } from '../s3-session.js';
import { isRefusal, unless } from '../s3-request.error.js';
import { copyOnServer, LARGEST_COPY } from './copy-object-call.js';
import type { LeftObject } from './left-objects.js';
import { type ObjectPlace, type ObjectState, stateOf } from './object-state.js';

/** Up to here content is kept with the operation itself, in bytes. */
const LARGEST_INLINE = 64 * 1024;

/** Where the content of an object stays, so that it can be put back. */
export type Kept =
  /** The bucket keeps it. */
  | { readonly how: 'version'; readonly versionId: string }
  | { readonly how: 'inline'; readonly base64: string }
  /** A key below the reserved prefix; the copy is made right before the effect. */
  | { readonly how: 'copy'; readonly key: string }
  | { readonly how: 'not'; readonly reason: string };

/** An object before an operation; without `state` there was none. JSON. */
export interface ObjectBefore extends ObjectPlace {
  readonly state?: ObjectState;
  readonly kept?: Kept;
}

/** Reads what is at a place and how it can be kept. Writes nothing. */
export async function readBefore(session: S3Session, place: ObjectPlace): Promise<ObjectBefore> {
  const { bucket, key } = place;
  if (key.startsWith(session.undoPrefix)) throw reserved(session, place);
  const state = await stateOf(session, place);
  return state ? { bucket, key, state, kept: await keeping(session, place, state) } : { bucket, key };
}

/** Lets `effect` happen once the server keeps a copy, where that is how; one that was refused leaves none. */
export async function withBeforeKept(
  session: S3Session,
  before: ObjectBefore,
  effect: () => Promise<LeftObject>,
): Promise<void> {
  await keep(session, before);
  try {
    session.left.note(before, await effect());
  } catch (error) {
    if (isRefusal(error)) await forget(session, before).catch(() => undefined);
    throw error;
  }
}

/** Removes the copy, if there is one. */
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

async function keeping(session: S3Session, place: ObjectPlace, state: ObjectState): Promise<Kept> {
  const { size, versionId = 'null' } = state;
  if (versionId !== 'null' || (await isVersioned(session, place.bucket)))
    return size > LARGEST_COPY ? tooLarge(place) : { how: 'version', versionId };
  // Tags are no part of what is read inline; a copy has them.
  if (size <= LARGEST_INLINE && !state.tagged) return inline(session, place, state);
  return size > LARGEST_COPY ? tooLarge(place) : { how: 'copy', key: copyKey(session, place, state) };
}

async function isVersioned({ client }: S3Session, bucket: string): Promise<boolean> {
  const answer = client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
  return (await unless(answer, 'NoSuchBucket'))?.Status === 'Enabled';
}

async function inline(
  { client }: S3Session,
  { bucket, key }: ObjectPlace,
  { etag }: ObjectState,
): Promise<Kept> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag }));
  return { how: 'inline', base64: (await Body?.transformToString('base64')) ?? '' };
}

/** Another one for each attempt, so that none removes what another may still need. */
function copyKey(
  { undoPrefix, attemptName }: S3Session,
  { key }: ObjectPlace,
  { etag }: ObjectState,
): string {
  const name = createHash('sha256')
    .update(JSON.stringify([attemptName, key, etag]))
    .digest('hex');
  return `${undoPrefix}${name}`;
}

function tooLarge({ bucket, key }: ObjectPlace): Kept {
  return {
    how: 'not',
    reason: `object '${bucket}/${key}' is larger than the 5 GiB that S3 copies in one call`,
  };
}

function reserved({ undoPrefix }: S3Session, { bucket, key }: ObjectPlace): TargetSystemError {
  return new TargetSystemError(
    `The key '${key}' in bucket '${bucket}' is refused: '${undoPrefix}' is where Flamingock keeps copies for putting back.`,
    { fix: ['use another key', 'or give S3TargetSystem another undoPrefix'] },
  );
}
