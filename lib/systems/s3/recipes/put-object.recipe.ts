import { addAbortSignal, type Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type AbortMultipartUploadCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { Difference, Recipe } from '../../../core/model/recipe.js';
import { interceptedClient } from '../connection/intercepted-client.js';
import { type ObjectBefore, readBefore, withBeforeKept } from '../objects/before-image.js';
import { type BodyDigest, bytesOf, digestOf, type ObjectBody, streamOf } from '../objects/object-body.js';
import { asProperties, type ObjectOptions, propertyDifferences } from '../objects/object-properties.js';
import {
  type WrittenObject,
  type ObjectLocation,
  type ObjectState,
  stateOf,
  stateText,
} from '../objects/object-state.js';
import { restoring } from '../objects/restore-object.js';
import { refuseUnmet, type WriteConditions } from '../objects/write-conditions.js';
import { isRefusal, S3RequestError } from '../connection/s3-request.error.js';
import type { S3Session } from '../connection/s3-session.js';

/** Uploads a stream in parts, one after the other. A failed upload is aborted, so that S3 keeps no parts. */
async function uploadStream(
  session: S3Session,
  input: Omit<PutObjectCommandInput, 'Body'>,
  stream: Readable,
): Promise<WrittenObject> {
  const { Upload } = await loadUpload();
  addAbortSignal(session.signal, stream);
  const params = { ...input, Body: stream };
  const { partSize } = session;
  const upload = new Upload({ client: uploadClient(session), params, partSize, queueSize: 1 });
  try {
    const { ETag: etag, VersionId: versionId } = await upload.done();
    return { etag, versionId };
  } catch (error) {
    stream.destroy();
    throw session.signal.aborted ? session.signal.reason : error;
  }
}

/** A client that aborts a failed upload even after the attempt has ended. An error of the abort does not hide the upload's error. */
function uploadClient({ client, cleaner }: S3Session): S3Client {
  return interceptedClient(client, ({ command, input }, options, send) => {
    if (command !== AbortMultipartUploadCommand.name) return send(options);
    const takeBack = new AbortMultipartUploadCommand(input as AbortMultipartUploadCommandInput);
    return cleaner.send(takeBack).catch(() => undefined);
  });
}

/** Loaded on demand, because only apps that put streams need the package. */
async function loadUpload(): Promise<typeof import('@aws-sdk/lib-storage')> {
  try {
    return await import('@aws-sdk/lib-storage');
  } catch (cause) {
    throw new TargetSystemError(
      'To put a stream, S3Buckets needs @aws-sdk/lib-storage, which is not installed.',
      {
        cause,
        fix: ['npm install @aws-sdk/lib-storage', 'or put the content as a string or as bytes'],
      },
    );
  }
}

/** How an object is put. */
export type PutObjectOptions = ObjectOptions & WriteConditions;

/** The object to put. */
export interface PutObject extends ObjectLocation {
  readonly body: ObjectBody;
  readonly options: PutObjectOptions;
}

/** The object that was there, and the digest of the new content. */
export interface PutObjectBefore extends ObjectBefore {
  /** Absent for a stream that can be read only once, which is always put. */
  readonly digest?: BodyDigest;
}

/** Puts an object, unless it has the same content and properties already. */
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
  const location = `${bucket}/${key}`;
  const to = digest ? stateText({ size: digest.size, etag: digest.etags[0] ?? '' }) : 'a stream';
  const same = state && digest?.size === state.size && digest.etags.includes(state.etag);
  const content = same
    ? []
    : [{ what: `object '${location}'`, ...(state && { from: stateText(state) }), to }];
  return [...content, ...propertyDifferences(location, asProperties(options), state?.properties)];
}

async function send(session: S3Session, { bucket, key, body, options }: PutObject): Promise<WrittenObject> {
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

/** A condition also fails when the SDK repeats a call that succeeded and whose answer was lost. Then the object has our content. */
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
