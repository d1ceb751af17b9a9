import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { unless } from '../connection/s3-request.error.js';
import type { RuleKind } from './rule-kind.js';

/** One text or several, as in a policy. */
export type PolicyTexts = string | readonly string[];

/** A statement of a bucket's policy as AWS writes it. Its Sid is required, because the statement is found by it. */
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

/** A statement that somebody else wrote, perhaps without a Sid. */
export type AnyStatement = Omit<PolicyStatement, 'Sid'> & { readonly Sid?: string };

/** Statements of a bucket's policy. The policy's version and id are kept. */
export const POLICY_STATEMENTS: RuleKind<AnyStatement> = {
  name: 'policy-statements',
  noun: 'policy statement',
  idName: 'Sid',
  normal: ({ Sid, Effect, Principal, NotPrincipal, ...rest }) => ({
    Sid,
    Effect,
    ...(listed(rest) as object),
    ...(Principal && { Principal: principals(Principal) }),
    ...(NotPrincipal && { NotPrincipal: principals(NotPrincipal) }),
  }),
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

/** Normal form: AWS writes `*` in two ways, and an account in two ways. */
function principals(given: NonNullable<AnyStatement['Principal']>): unknown {
  const { AWS, ...rest } = given === '*' ? { AWS: '*' } : given;
  const accounts = AWS === undefined ? [] : [AWS].flat().map((one) => one.replace(ACCOUNT, '$1'));
  return { ...(listed(rest) as object), ...(AWS !== undefined && { AWS: accounts.sort() }) };
}

const ACCOUNT = /^arn:[\w-]+:iam::(\d{12}):root$/;

/** Normal form: AWS returns one text or a list of one, and lists in any order. */
function listed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(String).sort();
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, listed(member)]));
}
