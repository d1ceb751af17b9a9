import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule as SdkLifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  type TransitionDefaultMinimumObjectSize,
} from '@aws-sdk/client-s3';
import { unless } from '../s3-request.error.js';
import type { RuleKind } from './rule-kind.js';

/** A rule of a bucket's lifecycle, as the SDK has it, with the ID by which it is found again. */
export type LifecycleRule = SdkLifecycleRule & { readonly ID: string };

/** Lifecycle rules; the default for small objects, which stands beside them, is kept. */
export const LIFECYCLE_RULES: RuleKind<SdkLifecycleRule> = {
  name: 'lifecycle-rules',
  noun: 'lifecycle rule',
  idName: 'ID',
  idOf: ({ ID }) => ID,
  // Dates become texts.
  normal: (rule) => JSON.parse(JSON.stringify(rule)) as unknown,
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

function asJson(rule: SdkLifecycleRule): SdkLifecycleRule {
  return JSON.parse(JSON.stringify(rule)) as SdkLifecycleRule;
}

/** What was kept as JSON, as the SDK takes it. */
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
