import {
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  type ServerSideEncryption,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { canonicalJson } from '../../../core/kit/canonical-json.js';
import type { Recipe } from '../../../core/model/recipe.js';
import { type BucketSettings, putBackSettings, writeSettings } from '../writes/bucket-settings.js';
import { isRefusal, unless } from '../connection/s3-request.error.js';
import type { S3Session } from '../connection/s3-session.js';

/** Default encryption of new objects of a bucket. */
export interface BucketEncryption {
  /** `AES256`, `aws:kms`, `aws:kms:dsse`. */
  readonly algorithm: ServerSideEncryption;
  /** Id of the KMS key; for `aws:kms` only. @default the key that AWS manages */
  readonly kmsKeyId?: string;
  /** Use one data key for the bucket instead of one for each object, which saves calls of KMS. @default what the bucket has */
  readonly bucketKey?: boolean;
}

/** The default encryption to set. */
export interface SetEncryption {
  readonly bucket: string;
  readonly encryption: BucketEncryption;
}

/** The default encryption that the bucket had. */
export interface SetEncryptionBefore {
  readonly bucket: string;
  /** Empty when there was no default. */
  readonly rules: readonly ServerSideEncryptionRule[];
}

/** Sets the default encryption and keeps the list of blocked encryption types. */
export const SET_ENCRYPTION: Recipe<S3Session, SetEncryption, SetEncryptionBefore> = {
  operation: 's3.set-encryption',
  describe: ({ bucket, encryption }) => `set encryption of bucket '${bucket}' to ${encryption.algorithm}`,
  read: async (session, { bucket }) => ({ bucket, rules: await readRules(session, bucket) }),
  compare({ bucket, encryption }, { rules: [rule] }) {
    const [from, to] = [rule && canonicalJson(rule), canonicalJson(asked(encryption, rule))];
    return from === to ? [] : [{ what: `encryption of bucket '${bucket}'`, ...(from && { from }), to }];
  },
  apply(session, { bucket, encryption }, { rules: [rule] }) {
    const rules = [asked(encryption, rule)];
    const write = (): Promise<void> => putRules(session, bucket, rules);
    return writeSettings(session, settingsOf(session, bucket), [normal(rules)], write);
  },
  expect: () => undefined,
  wasRefused: isRefusal,
  reverse: ({ bucket, rules }) => ({
    possible: true,
    summary: `put back the encryption of bucket '${bucket}'`,
    perform: (session) =>
      putBackSettings(session, settingsOf(session, bucket), [normal(rules)], () =>
        putRules(session, bucket, rules),
      ),
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

function settingsOf(session: S3Session, bucket: string): BucketSettings {
  const read = async (): Promise<unknown[]> => [normal(await readRules(session, bucket))];
  return { names: [`encryption of bucket '${bucket}'`], read };
}

/** Normal form: S3 returns a default value that was left out. */
function normal([rule]: readonly ServerSideEncryptionRule[]): unknown {
  return rule && { BucketKeyEnabled: false, ...rule };
}

async function readRules({ client }: S3Session, bucket: string): Promise<ServerSideEncryptionRule[]> {
  const answer = client.send(new GetBucketEncryptionCommand({ Bucket: bucket }));
  const found = await unless(answer, 'ServerSideEncryptionConfigurationNotFoundError', 'NoSuchBucket');
  return found?.ServerSideEncryptionConfiguration?.Rules ?? [];
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
