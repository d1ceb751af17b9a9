import {
  type CORSRule,
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  PutBucketCorsCommand,
} from '@aws-sdk/client-s3';
import { unless } from '../connection/s3-request.error.js';
import { type RuleKind, sortedLists } from './rule-kind.js';

/** A CORS rule of a bucket as the SDK has it. Its ID is required, because the rule is found by it. */
export type CorsRule = CORSRule & { readonly ID: string };

/** CORS rules. They keep their order, because S3 applies the first one that matches. */
export const CORS_RULES: RuleKind<CORSRule> = {
  name: 'cors-rules',
  noun: 'CORS rule',
  idName: 'ID',
  normal: sortedLists,
  async read({ client }, Bucket) {
    const answer = client.send(new GetBucketCorsCommand({ Bucket }));
    const found = await unless(answer, 'NoSuchCORSConfiguration', 'NoSuchBucket');
    return { rules: found?.CORSRules ?? [] };
  },
  async write({ client }, Bucket, { rules }) {
    const input = { Bucket, CORSConfiguration: { CORSRules: [...rules] } };
    await client.send(new PutBucketCorsCommand(input));
  },
  async clear({ client }, Bucket) {
    await client.send(new DeleteBucketCorsCommand({ Bucket }));
  },
};
