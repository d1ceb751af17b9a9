import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule as SdkLifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  type TransitionDefaultMinimumObjectSize,
} from '@aws-sdk/client-s3';
import { unless } from '../connection/s3-request.error.js';
import { type RuleKind, sortedLists } from './rule-kind.js';

/** A lifecycle rule of a bucket as the SDK has it. Its ID is required, because the rule is found by it. */
export type LifecycleRule = SdkLifecycleRule & { readonly ID: string };

/** Lifecycle rules. The bucket's minimum size for transitions, which S3 writes in the same call, is kept. */
export const LIFECYCLE_RULES: RuleKind<SdkLifecycleRule> = {
  name: 'lifecycle-rules',
  noun: 'lifecycle rule',
  idName: 'ID',
  normal,
  async read({ client }, Bucket) {
    const answer = client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    const found = await unless(answer, 'NoSuchLifecycleConfiguration', 'NoSuchBucket');
    const size = found?.TransitionDefaultMinimumObjectSize;
    return { rules: (found?.Rules ?? []).map(asJson), ...(size && { frame: { size } }) };
  },
  async write({ client }, Bucket, { rules, frame }) {
    const input = {
      Bucket,
      LifecycleConfiguration: { Rules: rules.map(withDates) },
      TransitionDefaultMinimumObjectSize: frame?.size as TransitionDefaultMinimumObjectSize | undefined,
    };
    await client.send(new PutBucketLifecycleConfigurationCommand(input));
  },
  async clear({ client }, Bucket) {
    await client.send(new DeleteBucketLifecycleCommand({ Bucket }));
  },
};

/** Normal form: S3 writes no prefix as an empty one too, and a prefix under either of two names; dates become texts. */
function normal({ Prefix, Filter, ...rest }: SdkLifecycleRule): unknown {
  const prefix = Filter?.Prefix ?? Prefix;
  return sortedLists(asJson({ ...rest, Filter: { ...Filter, Prefix: prefix || undefined } }));
}

function asJson(rule: SdkLifecycleRule): SdkLifecycleRule {
  return JSON.parse(JSON.stringify(rule)) as SdkLifecycleRule;
}

/** A rule that was kept as JSON, with its dates as the SDK takes them. */
function withDates(rule: SdkLifecycleRule): SdkLifecycleRule {
  const { Expiration, Transitions } = rule;
  return {
    ...rule,
    ...(Expiration && { Expiration: withDate(Expiration) }),
    ...(Transitions && { Transitions: Transitions.map(withDate) }),
  };
}

function withDate<T extends { readonly Date?: Date | undefined }>(part: T): T {
  return part.Date === undefined ? part : { ...part, Date: new Date(part.Date) };
}
