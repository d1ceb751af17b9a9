import {
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
} from '@aws-sdk/client-s3';
import type { S3Buckets } from 'nestjs-flamingock/s3';
import { corsState, encryptionState, lifecycleState, policyState, tagState } from './bucket-state.js';
import type { S3Place } from './s3-location.js';

/** A change of a bucket's setting that somebody else changes or removes afterwards, around the target system. */
export interface OthersCase {
  /** What there is before the change. */
  prepare?(bucket: string): Promise<unknown>;
  change(buckets: S3Buckets, bucket: string): Promise<void>;
  other(bucket: string): Promise<unknown>;
  state(bucket: string): Promise<unknown>;
  /** What the error must say of it, without the bucket. */
  readonly told: string;
}

type Cases = readonly (readonly [string, OthersCase])[];

export async function makeBucket({ client }: S3Place, Bucket: string): Promise<string> {
  await client.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

/** Those that versitygw, a real server, has. */
export function othersCases(location: S3Place): Cases {
  return [...corsCases(location), ...policyCases(location), ...tagCases(location)];
}

/** Those that only moto, a mock, has. */
export function mockedOthersCases(location: S3Place): Cases {
  return [...lifecycleCases(location), ...encryptionCases(location)];
}

function corsCases({ client }: S3Place): Cases {
  const rule = (origin: string) => ({ ID: 'shop', AllowedMethods: ['GET'], AllowedOrigins: [origin] });
  const put = (origin: string) => (Bucket: string) =>
    client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule(origin)] } }));
  const state = (bucket: string) => corsState(client, bucket);
  const changed = {
    change: (buckets: S3Buckets, bucket: string) => buckets.putCorsRules(bucket, [rule('https://ours.test')]),
    state,
  };
  return [
    [
      'CORS rule, changed',
      {
        ...changed,
        prepare: put('https://old.test'),
        other: put('https://theirs.test'),
        told: `the change put CORS rule 'shop' of bucket 'B', and since then it was changed by somebody else (AllowedOrigins is ["https://theirs.test"], not ["https://ours.test"]).`,
      },
    ],
    [
      'CORS rule, removed',
      {
        ...changed,
        prepare: put('https://old.test'),
        other: (Bucket) => client.send(new DeleteBucketCorsCommand({ Bucket })),
        told: `the change put CORS rule 'shop' of bucket 'B', and since then it was removed by somebody else.`,
      },
    ],
    [
      'CORS rule, put again',
      {
        state,
        prepare: put('https://old.test'),
        change: (buckets, bucket) => buckets.removeCorsRules(bucket, ['shop']),
        other: put('https://theirs.test'),
        told: `the change removed CORS rule 'shop' of bucket 'B', and since then another one was put by somebody else`,
      },
    ],
  ];
}

function policyCases({ client }: S3Place): Cases {
  const statement = (bucket: string, Action: string) => ({
    Sid: 'read',
    Effect: 'Allow' as const,
    Principal: '*' as const,
    Action,
    Resource: `arn:aws:s3:::${bucket}/*`,
  });
  const put = (action: string) => (Bucket: string) => {
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement(Bucket, action)] });
    return client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  };
  const changed = {
    change: (buckets: S3Buckets, bucket: string) =>
      buckets.putPolicyStatements(bucket, [statement(bucket, 's3:GetObject')]),
    state: (bucket: string) => policyState(client, bucket),
  };
  return [
    [
      'policy statement, changed',
      {
        ...changed,
        other: put('s3:DeleteObject'),
        told: `the change put policy statement 'read' of bucket 'B', and since then it was changed by somebody else (Action is ["s3:DeleteObject"], not ["s3:GetObject"]).`,
      },
    ],
    [
      'policy statement, removed',
      {
        ...changed,
        prepare: put('s3:DeleteObject'),
        other: (Bucket) => client.send(new DeleteBucketPolicyCommand({ Bucket })),
        told: `the change put policy statement 'read' of bucket 'B', and since then it was removed by somebody else.`,
      },
    ],
  ];
}

function tagCases({ client }: S3Place): Cases {
  const put = (Value: string) => (Bucket: string) =>
    client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'team', Value }] } }));
  const changed = {
    change: (buckets: S3Buckets, bucket: string) => buckets.putTags(bucket, { team: 'ours' }),
    state: (bucket: string) => tagState(client, bucket),
  };
  return [
    [
      'tag, changed',
      {
        ...changed,
        other: put('theirs'),
        told: `the change put tag 'team' of bucket 'B', and since then it was changed by somebody else ("team=theirs", not "team=ours").`,
      },
    ],
    [
      'tag, removed',
      {
        ...changed,
        prepare: put('old'),
        other: (Bucket) => client.send(new DeleteBucketTaggingCommand({ Bucket })),
        told: `the change put tag 'team' of bucket 'B', and since then it was removed by somebody else.`,
      },
    ],
  ];
}

function lifecycleCases({ client }: S3Place): Cases {
  const rule = (Days: number) => ({
    ID: 'expire',
    Status: 'Enabled' as const,
    Filter: { Prefix: 'tmp/' },
    Expiration: { Days },
  });
  const put = (days: number) => (Bucket: string) => {
    const LifecycleConfiguration = { Rules: [rule(days)] };
    return client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  };
  const changed = {
    change: (buckets: S3Buckets, bucket: string) => buckets.putLifecycleRules(bucket, [rule(7)]),
    state: (bucket: string) => lifecycleState(client, bucket),
  };
  return [
    [
      'lifecycle rule, changed',
      {
        ...changed,
        other: put(30),
        told: `the change put lifecycle rule 'expire' of bucket 'B', and since then it was changed by somebody else (Expiration is {"Days":30}, not {"Days":7}).`,
      },
    ],
    [
      'lifecycle rule, removed',
      {
        ...changed,
        prepare: put(30),
        other: (Bucket) => client.send(new DeleteBucketLifecycleCommand({ Bucket })),
        told: `the change put lifecycle rule 'expire' of bucket 'B', and since then it was removed by somebody else.`,
      },
    ],
  ];
}

function encryptionCases({ client }: S3Place): Cases {
  return [
    [
      'encryption, changed',
      {
        change: (buckets, bucket) => buckets.setEncryption(bucket, { algorithm: 'AES256' }),
        other: (Bucket) => {
          const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' } as const;
          const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
          return client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
        },
        state: (bucket) => encryptionState(client, bucket),
        told: `the change put encryption of bucket 'B', and since then it was changed by somebody else (ApplyServerSideEncryptionByDefault is {"SSEAlgorithm":"aws:kms"}, not {"SSEAlgorithm":"AES256"}).`,
      },
    ],
  ];
}
