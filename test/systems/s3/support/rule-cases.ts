import {
  CreateBucketCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
} from '@aws-sdk/client-s3';
import type { S3Buckets } from 'nestjs-flamingock/s3';
import type { RecipeCase } from 'nestjs-flamingock/testing';
import { corsState, lifecycleState, policyState, tagState } from './bucket-state.js';
import { bucketsOf, type S3Place } from './s3-location.js';

type Cases = Record<string, RecipeCase>;
type Change = (buckets: S3Buckets, bucket: string) => Promise<void>;

/** Two operations on a configuration in which others have rules too, each in a bucket of its own. */
interface Subject {
  readonly name: string;
  readonly fill: (bucket: string) => Promise<unknown>;
  readonly state: (bucket: string) => Promise<unknown>;
  readonly put: Change;
  readonly remove: Change;
}

function casesOf(location: S3Place, { name, fill, state, put, remove }: Subject): Cases {
  const caseOf = (change: Change, how: string, filled: boolean): RecipeCase => {
    const bucket = location.bucket(`${name.replace(/ /g, '-')}-${how}`);
    return {
      prepare: async () => {
        await location.client.send(new CreateBucketCommand({ Bucket: bucket }));
        if (filled) await fill(bucket);
      },
      operation: (clients) => change(bucketsOf(clients), bucket),
      state: () => state(bucket),
    };
  };
  return {
    [`put ${name} among others`]: caseOf(put, 'put', true),
    [`put ${name} where there are none`]: caseOf(put, 'first', false),
    [`remove ${name} among others`]: caseOf(remove, 'remove', true),
  };
}

export function corsCases(location: S3Place): Cases {
  const rule = (ID: string, origin: string) => ({ ID, AllowedMethods: ['GET'], AllowedOrigins: [origin] });
  const CORSRules = [
    rule('shop', 'https://a.test'),
    { AllowedMethods: ['PUT'], AllowedOrigins: ['*'] },
    rule('z', '*'),
  ];
  return casesOf(location, {
    name: 'cors rules',
    fill: (Bucket) =>
      location.client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } })),
    state: (bucket) => corsState(location.client, bucket),
    put: (buckets, bucket) =>
      buckets.putCorsRules(bucket, [rule('shop', 'https://b.test'), rule('new', 'https://c.test')]),
    remove: (buckets, bucket) => buckets.removeCorsRules(bucket, ['shop', 'unknown']),
  });
}

export function policyCases(location: S3Place): Cases {
  const statement = (bucket: string, Sid: string, Action: string | string[]) => ({
    Sid,
    Effect: 'Allow' as const,
    Principal: { AWS: '*' },
    Action,
    Resource: [`arn:aws:s3:::${bucket}/*`],
  });
  const others = (bucket: string) => [
    statement(bucket, 'read', 's3:GetObject'),
    { ...statement(bucket, '', ['s3:PutObject']), Sid: undefined },
  ];
  return casesOf(location, {
    name: 'policy statements',
    fill: (Bucket) => {
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: others(Bucket) });
      return location.client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    },
    state: (bucket) => policyState(location.client, bucket),
    put: (buckets, bucket) =>
      buckets.putPolicyStatements(bucket, [
        statement(bucket, 'read', ['s3:GetObject', 's3:GetObjectTagging']),
        statement(bucket, 'delete', 's3:DeleteObject'),
      ]),
    remove: (buckets, bucket) => buckets.removePolicyStatements(bucket, ['read']),
  });
}

export function tagCases(location: S3Place): Cases {
  const TagSet = [
    { Key: 'team', Value: 'shop' },
    { Key: 'cost', Value: '1' },
  ];
  return casesOf(location, {
    name: 'tags',
    fill: (Bucket) => location.client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } })),
    state: (bucket) => tagState(location.client, bucket),
    put: (buckets, bucket) => buckets.putTags(bucket, { cost: '2', owner: 'us' }),
    remove: (buckets, bucket) => buckets.removeTags(bucket, ['team', 'unknown']),
  });
}

export function lifecycleCases(location: S3Place): Cases {
  const rule = (ID: string, Days: number) => ({
    ID,
    Status: 'Enabled' as const,
    Filter: { Prefix: `${ID}/` },
    Expiration: { Days },
  });
  const dated = { ...rule('archive', 1), Expiration: { Date: new Date('2030-01-01T00:00:00Z') } };
  const LifecycleConfiguration = { Rules: [rule('logs', 7), dated] };
  return casesOf(location, {
    name: 'lifecycle rules',
    fill: (Bucket) =>
      location.client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration })),
    state: (bucket) => lifecycleState(location.client, bucket),
    put: (buckets, bucket) => buckets.putLifecycleRules(bucket, [rule('logs', 30), rule('tmp', 1)]),
    remove: (buckets, bucket) => buckets.removeLifecycleRules(bucket, ['archive']),
  });
}
