import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { Reversal } from '../../../core/model/recipe.js';
import type { S3Session } from '../connection/s3-session.js';
import { copyOnServer, forget, type Kept, type ObjectBefore } from './before-image.js';
import {
  type WrittenObject,
  type ObjectLocation,
  objectName,
  type ObjectState,
  otherContent,
  sameObject,
  stateOf,
} from './object-state.js';

/** The way back for an object, with content type, metadata and tags. */
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

async function removeAgain(session: S3Session, location: ObjectLocation): Promise<void> {
  // In a versioned bucket, deleting twice would leave two delete markers.
  const now = await stateOf(session, location);
  if (!now) return;
  await replace(session, location, now, () => remove(session, location));
}

async function restore(
  session: S3Session,
  location: ObjectLocation,
  state: ObjectState,
  kept: Restorable,
): Promise<void> {
  const now = await stateOf(session, location);
  if (!now || !sameObject(now, state))
    await replace(session, location, now, () => bringBack(session, location, { state, kept, now }));
  await forget(session, { ...location, kept });
}

async function replace(
  { writes }: S3Session,
  location: ObjectLocation,
  now: ObjectState | undefined,
  write: () => Promise<WrittenObject | undefined>,
): Promise<void> {
  const name = objectName(location);
  writes.objects.refuseOthers([[name, now]]);
  // Without an answer, the object is either still as the attempt wrote it, or put back.
  await writes.objects.during([], async () => [[name, await write()]]);
}

type Restorable = Exclude<Kept, { readonly how: 'not' }>;

interface Restoring {
  readonly state: ObjectState;
  readonly kept: Restorable;
  readonly now: ObjectState | undefined;
}

async function bringBack(
  session: S3Session,
  to: ObjectLocation,
  { state, kept, now }: Restoring,
): Promise<WrittenObject> {
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
  const from = { bucket, key: kept.key };
  if (await stateOf(session, from)) return copyOnServer(session, { from, to, properties });
  // The copy is removed after the object was put back, which may have given the object another ETag.
  if (!now || otherContent(now, state)) throw copyIsGone(to, kept.key);
  return now;
}

async function remove({ client }: S3Session, { bucket, key }: ObjectLocation): Promise<undefined> {
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

function copyIsGone({ bucket, key }: ObjectLocation, copy: string): TargetSystemError {
  return new TargetSystemError(
    `Object '${bucket}/${key}' can't be put back: its copy '${copy}' is no longer there.`,
    { fix: ['put it back by hand', 'let no lifecycle rule expire what is below the undoPrefix within days'] },
  );
}
