import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Difference, Recipe } from '../../../core/recipe.js';
import { type ObjectBefore, readBefore, withBeforeKept } from '../objects/before-image.js';
import { bytesOf, type BodyDigest, digestOf, type ObjectBody, streamOf } from '../objects/object-body.js';
import { asProperties, type ObjectOptions, propertyDifferences } from '../objects/object-properties.js';
import type { LeftObject } from '../objects/left-objects.js';
import { type ObjectPlace, type ObjectState, stateOf, stateText } from '../objects/object-state.js';
import { restoring } from '../objects/restore-object.js';
import { uploadStream } from '../objects/upload-stream.js';
import { refuseUnmet, type WriteConditions } from '../objects/write-conditions.js';
import { isRefusal, S3RequestError } from '../s3-request.error.js';
import type { S3Session } from '../s3-session.js';

/** How an object is put. */
export type PutObjectOptions = ObjectOptions & WriteConditions;

/** An object that there shall be. */
export interface PutObject extends ObjectPlace {
  readonly body: ObjectBody;
  readonly options: PutObjectOptions;
}

/** The object that was there, and what is known of the one that is put. */
export interface PutObjectBefore extends ObjectBefore {
  /** Absent for a stream that is read only once: then it is always put. */
  readonly digest?: BodyDigest;
}

/** An object is put, unless one of the same content and properties is there. */
export const PUT_OBJECT: Recipe<S3Session, PutObject, PutObjectBefore> = {
  operation: 's3.put-object',
  describe: ({ bucket, key, options: { ifAbsent } }) =>
    `put object '${bucket}/${key}'${ifAbsent ? ' unless there is one' : ''}`,
  async read(session, input) {
    const digest = await digestOf(input.body, session.partSize);
    const before = { ...(await readBefore(session, input)), ...(digest && { digest }) };
    if (differencesOf(input, before).length > 0) refuseUnmet(input, before.state, input.options);
    return before;
  },
  compare: differencesOf,
  apply: (session, input, before) =>
    withBeforeKept(session, before, () =>
      send(session, input).catch(async (error: unknown) => {
        const ours = await findOurs(session, input, before, error);
        if (!ours) throw error;
        return ours;
      }),
    ),
  expect: () => undefined,
  wasRefused: isRefusal,
  reverse: restoring,
};

function differencesOf(
  { bucket, key, options }: PutObject,
  { state, digest }: PutObjectBefore,
): Difference[] {
  const place = `${bucket}/${key}`;
  const to = digest ? stateText({ size: digest.size, etag: digest.etags[0] ?? '' }) : 'a stream';
  const same = state && digest?.size === state.size && digest.etags.includes(state.etag);
  const content = same ? [] : [{ what: `object '${place}'`, ...(state && { from: stateText(state) }), to }];
  return [...content, ...propertyDifferences(place, asProperties(options), state?.properties)];
}

async function send(session: S3Session, { bucket, key, body, options }: PutObject): Promise<LeftObject> {
  const { ifAbsent, ifMatch } = options;
  const input = {
    Bucket: bucket,
    Key: key,
    ...asProperties(options),
    ...(ifAbsent && { IfNoneMatch: '*' }),
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
  };
  const bytes = bytesOf(body);
  if (!bytes) return uploadStream(session, input, streamOf(body));
  const put = await session.client.send(new PutObjectCommand({ ...input, Body: bytes }));
  return { etag: put.ETag, versionId: put.VersionId };
}

/** A condition fails too when the SDK asks again because the answer to its first success was lost. */
async function findOurs(
  session: S3Session,
  input: PutObject,
  before: PutObjectBefore,
  error: unknown,
): Promise<ObjectState | undefined> {
  if (!(error instanceof S3RequestError) || error.reason !== 'PreconditionFailed') return undefined;
  const state = await stateOf(session, input);
  return state && differencesOf(input, { ...before, state }).length === 0 ? state : undefined;
}
