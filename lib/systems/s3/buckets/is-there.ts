import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { unless } from '../s3-request.error.js';
import type { S3Session } from '../s3-session.js';

/** Whether there is a bucket of that name that this client may use. @throws S3RequestError when it may not */
export async function isThere({ client }: Pick<S3Session, 'client'>, bucket: string): Promise<boolean> {
  const head = client.send(new HeadBucketCommand({ Bucket: bucket }));
  return (await unless(head, 'NotFound', 'NoSuchBucket')) !== undefined;
}
