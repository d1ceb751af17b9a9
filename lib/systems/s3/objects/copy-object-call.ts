import { CopyObjectCommand, type CopyObjectCommandInput } from '@aws-sdk/client-s3';
import type { S3Session } from '../s3-session.js';
import type { LeftObject } from './left-objects.js';
import { notCopied, type ObjectProperties } from './object-properties.js';
import type { ObjectPlace } from './object-state.js';

/** S3 copies no more than this in one call, in bytes. */
export const LARGEST_COPY = 5 * 1024 ** 3;

/** A copy that the server makes. */
export interface ServerCopy {
  readonly from: ObjectPlace & { readonly versionId?: string };
  readonly to: ObjectPlace;
  /** What the source has; a copy takes only a part of it by itself. */
  readonly properties: ObjectProperties;
  readonly conditions?: Pick<CopyObjectCommandInput, 'CopySourceIfMatch' | 'IfNoneMatch'>;
}

/** Has the server copy an object with content type, metadata and tags. */
export async function copyOnServer({ client }: S3Session, copy: ServerCopy): Promise<LeftObject> {
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
