import {
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  type ServerSideEncryption,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { canonicalJson } from '../../../core/canonical-json.js';
import type { Recipe } from '../../../core/recipe.js';
import { unless } from '../s3-request.error.js';
import type { S3Session } from '../s3-session.js';

/** How new objects of a bucket are encrypted where they do not say it themselves. */
export interface BucketEncryption {
  /** `AES256`, `aws:kms`, `aws:kms:dsse`. */
  readonly algorithm: ServerSideEncryption;
  /** Of the KMS key; for `aws:kms` only. @default the key that AWS manages */
  readonly kmsKeyId?: string;
  /** One key for the bucket instead of one for each object: fewer calls of KMS. @default what the bucket has */
  readonly bucketKey?: boolean;
}

/** The default encryption that a bucket shall have. */
export interface SetEncryption {
  readonly bucket: string;
  readonly encryption: BucketEncryption;
}

/** The default encryption that it had. */
export interface SetEncryptionBefore {
  readonly bucket: string;
  /** None: there was no default. */
  readonly rules: readonly ServerSideEncryptionRule[];
}

/** The default encryption is set; blocked kinds of encryption, which stand beside it, are kept. */
export const SET_ENCRYPTION: Recipe<S3Session, SetEncryption, SetEncryptionBefore> = {
  operation: 's3.set-encryption',
  describe: ({ bucket, encryption }) => `set encryption of bucket '${bucket}' to ${encryption.algorithm}`,
  async read({ client }, { bucket }) {
    const answer = client.send(new GetBucketEncryptionCommand({ Bucket: bucket }));
    const found = await unless(answer, 'ServerSideEncryptionConfigurationNotFoundError', 'NoSuchBucket');
    return { bucket, rules: found?.ServerSideEncryptionConfiguration?.Rules ?? [] };
  },
  compare({ bucket, encryption }, { rules: [rule] }) {
    const [from, to] = [rule && canonicalJson(rule), canonicalJson(asked(encryption, rule))];
    return from === to ? [] : [{ what: `encryption of bucket '${bucket}'`, ...(from && { from }), to }];
  },
  apply: (session, { bucket, encryption }, { rules: [rule] }) =>
    putRules(session, bucket, [asked(encryption, rule)]),
  expect: () => undefined,
  reverse: ({ bucket, rules }) => ({
    possible: true,
    summary: `put back the encryption of bucket '${bucket}'`,
    perform: (session) => putRules(session, bucket, rules),
  }),
};

function asked(
  { algorithm: SSEAlgorithm, kmsKeyId, bucketKey }: BucketEncryption,
  found: ServerSideEncryptionRule = {},
): ServerSideEncryptionRule {
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm, ...(kmsKeyId && { KMSMasterKeyID: kmsKeyId }) };
  return {
    ...found,
    ApplyServerSideEncryptionByDefault,
    ...(bucketKey !== undefined && { BucketKeyEnabled: bucketKey }),
  };
}

async function putRules(
  { client }: S3Session,
  Bucket: string,
  rules: readonly ServerSideEncryptionRule[],
): Promise<void> {
  if (rules.length === 0) await client.send(new DeleteBucketEncryptionCommand({ Bucket }));
  else {
    const ServerSideEncryptionConfiguration = { Rules: [...rules] };
    await client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  }
}
