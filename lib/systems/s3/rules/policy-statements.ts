import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { unless } from '../s3-request.error.js';
import type { RuleKind } from './rule-kind.js';

/** A text or several, as policies write them. */
export type PolicyTexts = string | readonly string[];

/** A statement of a bucket's policy, as AWS writes it, with the Sid by which it is found again. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, PolicyTexts>>;
  readonly NotPrincipal?: '*' | Readonly<Record<string, PolicyTexts>>;
  readonly Action?: PolicyTexts;
  readonly NotAction?: PolicyTexts;
  readonly Resource?: PolicyTexts;
  readonly NotResource?: PolicyTexts;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, PolicyTexts>>>>;
}

/** A statement of somebody else, who need not have given it a Sid. */
export type AnyStatement = Omit<PolicyStatement, 'Sid'> & { readonly Sid?: string };

/** Statements of a bucket's policy; its version and id are kept. */
export const POLICY_STATEMENTS: RuleKind<AnyStatement> = {
  name: 'policy-statements',
  noun: 'policy statement',
  idName: 'Sid',
  idOf: ({ Sid }) => Sid,
  normal: ({ Sid, Effect, ...rest }) => ({ Sid, Effect, ...(listed(rest) as object) }),
  async read({ client }, Bucket) {
    const answer = client.send(new GetBucketPolicyCommand({ Bucket }));
    const { Policy } = (await unless(answer, 'NoSuchBucketPolicy', 'NoSuchBucket')) ?? {};
    if (!Policy) return { rules: [] };
    const { Statement = [], ...frame } = JSON.parse(Policy) as PolicyDocument;
    return { rules: Array.isArray(Statement) ? Statement : [Statement], frame };
  },
  async write({ client }, Bucket, { rules, frame }) {
    const Policy = JSON.stringify({ Version: '2012-10-17', ...frame, Statement: rules });
    await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  },
  async clear({ client }, Bucket) {
    await client.send(new DeleteBucketPolicyCommand({ Bucket }));
  },
};

interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement?: AnyStatement[] | AnyStatement;
}

/** AWS takes one text for a list of one, and gives back either, in any order. */
function listed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(String).sort();
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, listed(member)]));
}
