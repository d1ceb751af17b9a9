import {
  DeleteBucketCorsCommand,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { S3TargetSystem } from 'nestjs-flamingock/s3';
import { serverUrl } from '../../support/databases.js';
import { s3Client } from '../../support/s3.js';
import { accessBlockState, corsState, policyState, tagState } from './support/bucket-state.js';
import { makeBucket, mockedOthersCases, type OthersCase, othersCases } from './support/others-cases.js';
import { s3Place } from './support/s3-location.js';
import { type FateOf, type S3Proxy, startS3Proxy } from './support/s3-proxy.js';
import { failureOf, newScope, recipesOf, use } from './support/use.js';

// On versitygw, a real S3 server; what it lacks (lifecycle, encryption, public access block) is answered by moto, a mock.

const location = s3Place();
const target = new S3TargetSystem('assets', location.client);
const mocked = s3Place(serverUrl('s3-mock'));
const mockedTarget = new S3TargetSystem('assets', mocked.client);
afterAll(() => Promise.all([location.drop(), mocked.drop()]));

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const undo = (on: S3TargetSystem, scope: ReturnType<typeof newScope>): Promise<void> =>
  use(on, (_, clients) => recipesOf(clients).undo(), scope);

const cors = (ID: string, origin: string) => ({ ID, AllowedMethods: ['GET'], AllowedOrigins: [origin] });

const putCors = (Bucket: string, ...CORSRules: ReturnType<typeof cors>[]) =>
  location.client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));

async function behind(fateOf: FateOf): Promise<{ proxy: S3Proxy; disturbed: S3TargetSystem }> {
  const proxy = await startS3Proxy(serverUrl('s3'), fateOf);
  const client = s3Client(proxy.url, { maxAttempts: 1 });
  open.push(() => client.destroy(), proxy.close);
  return { proxy, disturbed: new S3TargetSystem('assets', client) };
}

describe('a setting that somebody else wrote after the change did', () => {
  const subjects = [
    ...othersCases(location).map(([name, given]) => [name, given, location, target] as const),
    ...mockedOthersCases(mocked).map(([name, given]) => [name, given, mocked, mockedTarget] as const),
  ];

  it.each(subjects)('is not undone: %s', async (name, given: OthersCase, where, on) => {
    const bucket = await makeBucket(where, where.bucket(name.toLowerCase().replace(/\W+/g, '-')));
    const scope = newScope();
    await given.prepare?.(bucket);
    await use(on, (buckets) => given.change(buckets, bucket), scope);
    await given.other(bucket);
    const theirs = await given.state(bucket);
    const { message } = await failureOf(undo(on, scope));
    const told = message.replaceAll(bucket, 'B');
    expect(told).toContain(given.told);
    expect(told).toMatch(/To fix:[^]*by hand, and mark the change as rolled back[^]*mark it as applied/);
    expect(await given.state(bucket)).toEqual(theirs);
  });
});

describe('a setting that is back already', () => {
  it('is not written again', async () => {
    const { proxy, disturbed } = await behind(() => 'passed');
    const bucket = await makeBucket(location, location.bucket('back'));
    await putCors(bucket, cors('a', 'https://old.test'));
    const scope = newScope();
    await use(
      disturbed,
      async (buckets) => {
        await buckets.putCorsRules(bucket, [cors('a', 'https://new.test')]);
        await buckets.putTags(bucket, { team: 'ours' });
        await buckets.setVersioning(bucket, 'Enabled');
      },
      scope,
    );
    await putCors(bucket, cors('a', 'https://old.test'));
    await location.client.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet: [] } }));
    const VersioningConfiguration = { Status: 'Suspended' } as const;
    await location.client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    const before = proxy.seen.length;
    await undo(disturbed, scope);
    expect(proxy.seen.slice(before).filter((line) => !line.startsWith('GET'))).toEqual([]);
    expect(await corsState(location.client, bucket)).toEqual([cors('a', 'https://old.test')]);
  });
});

describe('what the change left as it was', () => {
  it('is nothing to put back: rules and tags that were as asked for', async () => {
    const bucket = await makeBucket(location, location.bucket('as-asked'));
    await use(target, (buckets) => buckets.putTags(bucket, { team: 'shop' }));
    const scope = newScope();
    await use(target, (buckets) => buckets.putTags(bucket, { team: 'shop', cost: '1' }), scope);
    const TagSet = [
      { Key: 'cost', Value: '1' },
      { Key: 'team', Value: 'theirs' },
    ];
    await location.client.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet } }));
    await undo(target, scope);
    expect(await tagState(location.client, bucket)).toEqual(['team=theirs']);
  });

  it('is nothing to put back: switches of the public access block', async () => {
    const bucket = await makeBucket(mocked, mocked.bucket('switches'));
    const scope = newScope();
    await use(
      mockedTarget,
      (buckets) => buckets.setPublicAccessBlock(bucket, { BlockPublicAcls: true }),
      scope,
    );
    const PublicAccessBlockConfiguration = { BlockPublicAcls: true, IgnorePublicAcls: true };
    await mocked.client.send(
      new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration }),
    );
    await undo(mockedTarget, scope);
    expect(await accessBlockState(mocked.client, bucket)).toMatchObject({
      BlockPublicAcls: false,
      IgnorePublicAcls: true,
    });
  });

  it('stays as others have written it: version and id of a policy, whose statements all go and come back', async () => {
    const bucket = await makeBucket(location, location.bucket('frame'));
    const Statement = [
      {
        Sid: 'read',
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${bucket}/*`,
      },
    ];
    const Policy = JSON.stringify({ Version: '2008-10-17', Statement });
    await location.client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    const scope = newScope();
    await use(target, (buckets) => buckets.removePolicyStatements(bucket, ['read']), scope);
    expect(await policyState(location.client, bucket)).toBe('none');
    await undo(target, scope);
    expect(await policyState(location.client, bucket)).toEqual(JSON.parse(Policy));
  });
});

describe('what the change itself wrote', () => {
  it('is put back after several writes, and in whatever order the server has it', async () => {
    const bucket = await makeBucket(location, location.bucket('several'));
    await putCors(bucket, cors('old', 'https://old.test'));
    const scope = newScope();
    const wide = (ID: string, methods: string[]) => ({ ...cors(ID, '*'), AllowedMethods: methods });
    await use(
      target,
      async (buckets) => {
        await buckets.putCorsRules(bucket, [wide('old', ['PUT', 'GET']), wide('new', ['GET'])]);
        await buckets.putTags(bucket, { a: '1' });
        await buckets.removeCorsRules(bucket, ['new', 'old']);
        await buckets.putTags(bucket, { a: '2' });
        await buckets.putCorsRules(bucket, [wide('new', ['GET'])]);
      },
      scope,
    );
    await undo(target, scope);
    expect(await corsState(location.client, bucket)).toEqual([cors('old', 'https://old.test')]);
    expect(await tagState(location.client, bucket)).toBe('none');
    // Nothing is left to be done by a second one.
    await undo(target, scope);
  });

  it('is known where others only wrote it in other words', async () => {
    const bucket = await makeBucket(location, location.bucket('reworded'));
    const scope = newScope();
    const rule = { ID: 'a', AllowedMethods: ['GET', 'PUT'], AllowedOrigins: ['https://b.test', '*'] };
    const Resource = `arn:aws:s3:::${bucket}/*`;
    const statement = { Sid: 'read', Effect: 'Allow' as const, Resource };
    await use(
      target,
      async (buckets) => {
        await buckets.putCorsRules(bucket, [rule]);
        const mine = { ...statement, Principal: '*' as const, Action: ['s3:PutObject', 's3:GetObject'] };
        await buckets.putPolicyStatements(bucket, [mine]);
      },
      scope,
    );
    const reordered = { ID: 'a', AllowedMethods: ['PUT', 'GET'], AllowedOrigins: ['*', 'https://b.test'] };
    await putCors(bucket, reordered);
    const reworded = { ...statement, Principal: { AWS: ['*'] }, Action: ['s3:GetObject', 's3:PutObject'] };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [reworded] });
    await location.client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    await undo(target, scope);
    expect(await corsState(location.client, bucket)).toBe('none');
    expect(await policyState(location.client, bucket)).toBe('none');
  });

  it('is put back where its answer was lost, unless somebody else has written since', async () => {
    for (const theirs of [false, true]) {
      const bucket = await makeBucket(location, location.bucket(`lost-${theirs}`));
      await putCors(bucket, cors('a', 'https://old.test'));
      const lost: FateOf = (method) => (method === 'PUT' && puts++ === 0 ? 'answer-lost' : 'passed');
      let puts = 0;
      const { disturbed } = await behind(lost);
      const scope = newScope();
      const change = use(
        disturbed,
        (buckets) => buckets.putCorsRules(bucket, [cors('a', 'https://new.test')]),
        scope,
      );
      expect((await failureOf(change)).message).toContain('got no answer');
      expect(await corsState(location.client, bucket)).toEqual([cors('a', 'https://new.test')]);
      if (theirs) await putCors(bucket, cors('a', 'https://theirs.test'));
      const undone = undo(disturbed, scope);
      await (theirs ? expect(undone).rejects.toThrow(/by somebody else/) : undone);
      const expected = theirs ? 'https://theirs.test' : 'https://old.test';
      expect(await corsState(location.client, bucket)).toEqual([cors('a', expected)]);
    }
  });

  it('is not a write that the server refused: what was there before it counts', async () => {
    const bucket = await makeBucket(location, location.bucket('refused'));
    const scope = newScope();
    await use(
      target,
      async (buckets) => {
        await buckets.putCorsRules(bucket, [cors('a', 'https://first.test')]);
        const impossible = { ...cors('a', '*'), AllowedMethods: ['FETCH'] };
        await failureOf(buckets.putCorsRules(bucket, [impossible]));
      },
      scope,
    );
    await undo(target, scope);
    expect(await corsState(location.client, bucket)).toBe('none');
  });

  it('is not put back where all rules have gone meanwhile, which the error says', async () => {
    const bucket = await makeBucket(location, location.bucket('gone'));
    await putCors(bucket, cors('a', 'https://old.test'), cors('b', 'https://old.test'));
    const scope = newScope();
    const both = [cors('a', 'https://new.test'), cors('b', 'https://new.test')];
    await use(target, (buckets) => buckets.putCorsRules(bucket, both), scope);
    await location.client.send(new DeleteBucketCorsCommand({ Bucket: bucket }));
    const { message } = await failureOf(undo(target, scope));
    for (const id of ['a', 'b']) expect(message).toContain(`CORS rule '${id}' of bucket '${bucket}'`);
  });
});
