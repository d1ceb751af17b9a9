import {
  DeleteBucketTaggingCommand,
  GetBucketTaggingCommand,
  PutBucketTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3';
import { unless } from '../connection/s3-request.error.js';
import type { RuleKind } from './rule-kind.js';

/** Tags of a bucket, each a rule with its key as id. */
export const BUCKET_TAGS: RuleKind<Tag> = {
  name: 'bucket-tags',
  noun: 'tag',
  idName: 'Key',
  normal: ({ Key, Value }) => `${Key}=${Value}`,
  async read({ client }, Bucket) {
    const answer = client.send(new GetBucketTaggingCommand({ Bucket }));
    const found = await unless(answer, 'NoSuchTagSet', 'NoSuchBucket');
    return { rules: found?.TagSet ?? [] };
  },
  async write({ client }, Bucket, { rules }) {
    await client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [...rules] } }));
  },
  async clear({ client }, Bucket) {
    await client.send(new DeleteBucketTaggingCommand({ Bucket }));
  },
};
