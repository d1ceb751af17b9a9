import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { TargetSystemError } from '../../../core/errors.js';
import type { Reversal } from '../../../core/recipe.js';
import type { S3Session } from '../s3-session.js';
import { forget, type Kept, type ObjectBefore } from './before-image.js';
import { copyOnServer } from './copy-object-call.js';
import type { LeftObject } from './left-objects.js';
import { type ObjectPlace, type ObjectState, otherContent, sameObject, stateOf } from './object-state.js';

/** How the object at a place is put back, with content type, metadata and tags. */
export function restoring(before: ObjectBefore): Reversal<S3Session> {
  const { bucket, key, state, kept } = before;
  if (!state || !kept) {
    const perform = (session: S3Session): Promise<void> => removeAgain(session, before);
    return { possible: true, summary: `delete object '${bucket}/${key}'`, perform };
  }
  if (kept.how === 'not') return { possible: false, reason: kept.reason };
  return {
    possible: true,
    summary: `put back object '${bucket}/${key}'`,
    perform: (session) => restore(session, before, state, kept),
  };
}

async function removeAgain(session: S3Session, place: ObjectPlace): Promise<void> {
  // Where the bucket is versioned, deleting twice would leave two delete markers.
  const now = await stateOf(session, place);
  if (!now) return;
  session.left.refuseOthers(place, now);
  await remove(session, place);
  session.left.note(place, 'none');
}

async function restore(
  session: S3Session,
  place: ObjectPlace,
  state: ObjectState,
  kept: Kept,
): Promise<void> {
  const now = await stateOf(session, place);
  if (!now || !sameObject(now, state)) {
    session.left.refuseOthers(place, now);
    const left = await bringBack(session, place, { state, kept, now });
    if (left) session.left.note(place, left);
  }
  await forget(session, { ...place, kept });
}

interface Restoring {
  readonly state: ObjectState;
  readonly kept: Kept;
  readonly now: ObjectState | undefined;
}

async function bringBack(
  session: S3Session,
  to: ObjectPlace,
  { state, kept, now }: Restoring,
): Promise<LeftObject | undefined> {
  const { bucket, key } = to;
  const { properties } = state;
  if (kept.how === 'version')
    return copyOnServer(session, { from: { bucket, key, versionId: kept.versionId }, to, properties });
  if (kept.how === 'inline') {
    const Body = Buffer.from(kept.base64, 'base64');
    const input = { Bucket: bucket, Key: key, Body, ...properties };
    const put = await session.client.send(new PutObjectCommand(input));
    return { etag: put.ETag, versionId: put.VersionId };
  }
  if (kept.how === 'not') return undefined;
  const from = { bucket, key: kept.key };
  if (await stateOf(session, from)) return copyOnServer(session, { from, to, properties });
  // A copy is gone when it has served; the object has another ETag then if it had been sent in parts.
  if (!now || otherContent(now, state)) throw copyIsGone(to, kept.key);
  return undefined;
}

async function remove({ client }: S3Session, { bucket, key }: ObjectPlace): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

function copyIsGone({ bucket, key }: ObjectPlace, copy: string): TargetSystemError {
  return new TargetSystemError(
    `Object '${bucket}/${key}' can't be put back: its copy '${copy}' is no longer there.`,
    { fix: ['put it back by hand', 'let no lifecycle rule expire what is below the undoPrefix within days'] },
  );
}
