import { addAbortSignal, type Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type AbortMultipartUploadCommandInput,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { TargetSystemError } from '../../../core/errors.js';
import { interceptedClient } from '../intercepted-client.js';
import type { LeftObject } from './left-objects.js';
import type { S3Session } from '../s3-session.js';

/** Sends a stream in parts, one after the other. When it fails, S3 forgets the parts: nothing is left. */
export async function uploadStream(
  session: S3Session,
  input: Omit<PutObjectCommandInput, 'Body'>,
  stream: Readable,
): Promise<LeftObject> {
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

/** Takes back an upload even when the attempt has ended, and does not hide why it failed by failing itself. */
function uploadClient({ client, cleaner }: S3Session): S3Client {
  return interceptedClient(client, ({ command, input }, options, send) => {
    if (command !== AbortMultipartUploadCommand.name) return send(options);
    const takeBack = new AbortMultipartUploadCommand(input as AbortMultipartUploadCommandInput);
    return cleaner.send(takeBack).catch(() => undefined);
  });
}

/** Only who puts streams needs it. */
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
