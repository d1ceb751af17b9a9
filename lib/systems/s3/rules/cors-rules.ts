import {
  type CORSRule,
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  PutBucketCorsCommand,
} from '@aws-sdk/client-s3';
import { unless } from '../s3-request.error.js';
import type { RuleKind } from './rule-kind.js';

/** A CORS rule of a bucket, as the SDK has it, with the ID by which it is found again. */
export type CorsRule = CORSRule & { readonly ID: string };

/** CORS rules. S3 takes the first one that fits, so they keep their order. */
export const CORS_RULES: RuleKind<CORSRule> = {
  name: 'cors-rules',
  noun: 'CORS rule',
  idName: 'ID',
  idOf: ({ ID }) => ID,
  normal: (rule) => rule,
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
