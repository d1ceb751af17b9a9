import {
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

// Reads around the target system. What is not there is 'none'; the answer's own numbers and times are left out.

const NONE = /^(NotFound|NoSuch\w+|ServerSideEncryptionConfigurationNotFoundError)$/;

export function bucketState(client: S3Client, Bucket: string): Promise<unknown> {
  return orNone(client.send(new HeadBucketCommand({ Bucket })), () => 'there');
}

/** Never enabled and suspended are one: new objects are stored alike. */
export function versioningState(client: S3Client, Bucket: string): Promise<unknown> {
  return orNone(
    client.send(new GetBucketVersioningCommand({ Bucket })),
    ({ Status }) => Status === 'Enabled',
  );
}

export function lifecycleState(client: S3Client, Bucket: string): Promise<unknown> {
  return orNone(client.send(new GetBucketLifecycleConfigurationCommand({ Bucket })), ({ Rules }) => Rules);
}

export function corsState(client: S3Client, Bucket: string): Promise<unknown> {
  return orNone(client.send(new GetBucketCorsCommand({ Bucket })), ({ CORSRules }) => CORSRules);
}

export function policyState(client: S3Client, Bucket: string): Promise<unknown> {
  return orNone(
    client.send(new GetBucketPolicyCommand({ Bucket })),
    ({ Policy = '' }) => JSON.parse(Policy) as unknown,
  );
}

/** In S3 tags have no order. */
export function tagState(client: S3Client, Bucket: string): Promise<unknown> {
  const sorted = ({ TagSet = [] }: { TagSet?: { Key?: string; Value?: string }[] }) =>
    TagSet.map(({ Key, Value }) => `${Key}=${Value}`).sort();
  return orNone(client.send(new GetBucketTaggingCommand({ Bucket })), sorted);
}

export function encryptionState(client: S3Client, Bucket: string): Promise<unknown> {
  return orNone(
    client.send(new GetBucketEncryptionCommand({ Bucket })),
    ({ ServerSideEncryptionConfiguration }) => ServerSideEncryptionConfiguration,
  );
}

export function accessBlockState(client: S3Client, Bucket: string): Promise<unknown> {
  return orNone(
    client.send(new GetPublicAccessBlockCommand({ Bucket })),
    ({ PublicAccessBlockConfiguration }) => PublicAccessBlockConfiguration,
  );
}

/** Content, what S3 keeps beside it, and tags. */
export function objectState(client: S3Client, Bucket: string, Key: string): Promise<unknown> {
  return orNone(client.send(new GetObjectCommand({ Bucket, Key })), async (found) => ({
    content: await found.Body?.transformToString('base64'),
    type: found.ContentType,
    cache: found.CacheControl,
    metadata: found.Metadata,
    tags: (await client.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet,
  }));
}

/** Keys of uploads that were begun and neither completed nor taken back. */
export async function openUploads(client: S3Client, Bucket: string): Promise<(string | undefined)[]> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
  return Uploads.map(({ Key }) => Key);
}

async function orNone<T>(answer: Promise<T>, told: (answer: T) => unknown): Promise<unknown> {
  const found = await answer.catch((error: unknown) => {
    if (error instanceof Error && NONE.test(error.name)) return undefined;
    throw error;
  });
  return found === undefined ? 'none' : told(found);
}
