import { CreateBucketCommand, PutBucketCorsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, it } from '@jest/globals';
import { S3TargetSystem } from 'nestjs-flamingock/s3';
import { s3Client } from '../../support/s3.js';
import { bucketState, corsState, objectState, tagState } from './support/bucket-state.js';
import { clientOf, s3Place } from './support/s3-location.js';
import { failureOf, newScope, preview, recipesOf, use } from './support/use.js';

// On versitygw, a real S3 server.

const location = s3Place();
const target = new S3TargetSystem('assets', location.client);
afterAll(() => location.drop());

async function bucketNamed(name: string): Promise<string> {
  const bucket = location.bucket(name);
  await location.client.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

describe('S3Buckets: configurations', () => {
  it('leaves the rules and tags of others as they are', async () => {
    const bucket = await bucketNamed('others');
    const CORSRules = [
      { AllowedMethods: ['GET'], AllowedOrigins: ['https://theirs.test'], ExposeHeaders: ['ETag'] },
      { ID: 'shop', AllowedMethods: ['GET'], AllowedOrigins: ['https://old.test'] },
    ];
    await location.client.send(
      new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules } }),
    );
    await use(target, (buckets) => buckets.putTags(bucket, { theirs: '1' }));
    const ours = { ID: 'shop', AllowedMethods: ['GET'], AllowedOrigins: ['https://new.test'] };
    await use(target, async (buckets) => {
      await buckets.putCorsRules(bucket, [ours, { ...ours, ID: 'admin' }]);
      await buckets.putTags(bucket, { ours: '2' });
    });
    expect(await corsState(location.client, bucket)).toEqual([CORSRules[0], ours, { ...ours, ID: 'admin' }]);
    expect(await tagState(location.client, bucket)).toEqual(['ours=2', 'theirs=1']);
  });

  it('refuses a rule that could not be found again', async () => {
    const bucket = await bucketNamed('unnamed');
    const rule = { ID: '', AllowedMethods: ['GET'], AllowedOrigins: ['*'] };
    const { message } = await failureOf(use(target, (buckets) => buckets.putCorsRules(bucket, [rule])));
    expect(message).toContain(`Each CORS rule for bucket '${bucket}' needs an ID of its own; got: ''.`);
  });

  it('names the bucket that is missing, and what the server lacks', async () => {
    const bucket = await bucketNamed('lacking');
    const lacks = await failureOf(
      use(target, (buckets) => buckets.setEncryption(bucket, { algorithm: 'AES256' })),
    );
    expect(lacks.message).toMatch(
      new RegExp(`^GetBucketEncryption '${bucket}' on target system 'assets' was answered by 501`),
    );
    const missing = await failureOf(use(target, (buckets) => buckets.putTags(`${bucket}-not`, { a: 'b' })));
    expect(missing.message).toMatch(
      new RegExp(`'${bucket}-not'.*404 NoSuchBucket[^]*ensureBucket\\('${bucket}-not'\\)`),
    );
  });
});

describe('S3Buckets: deleting buckets', () => {
  it('deletes no bucket that holds something, nor one that it was not told to delete', async () => {
    const bucket = await bucketNamed('full');
    await location.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'theirs', Body: 'text' }));
    const full = await use(target, async (buckets, clients) => {
      const refused = await failureOf(buckets.deleteBucket(bucket, { allowDelete: true }));
      // What was refused keeps nothing else from being put back.
      expect(recipesOf(clients).performed).toEqual([]);
      return refused;
    });
    expect(full.message).toMatch(new RegExp(`DeleteBucket '${bucket}'.*409 BucketNotEmpty`));
    const careless = JSON.parse('{ "allowDelete": false }') as { allowDelete: true };
    const untold = await failureOf(use(target, (buckets) => buckets.deleteBucket(bucket, careless)));
    expect(untold.message).toContain('does not say that it may');
    expect(await bucketState(location.client, bucket)).toBe('there');
  });

  it('takes back a bucket that the attempt made, versions and all, unless others have put something', async () => {
    for (const theirs of [undefined, 'theirs']) {
      const bucket = location.bucket(`made-${theirs}`);
      const scope = newScope();
      await use(target, (buckets) => furnish(buckets, bucket), scope);
      if (theirs)
        await location.client.send(new PutObjectCommand({ Bucket: bucket, Key: theirs, Body: 'text' }));
      const undo = use(target, (_, clients) => recipesOf(clients).undo(), scope);
      await (theirs ? expect(undo).rejects.toThrow(/BucketNotEmpty/) : undo);
      expect(await bucketState(location.client, bucket)).toBe(theirs ? 'there' : 'none');
      expect(await objectState(location.client, bucket, 'a')).toBe('none');
    }
  });
});

async function furnish(buckets: Parameters<Parameters<typeof use>[1]>[0], bucket: string): Promise<void> {
  await buckets.ensureBucket(bucket);
  await buckets.setVersioning(bucket, 'Enabled');
  await buckets.putObject(bucket, 'a', 'one');
  await buckets.putObject(bucket, 'a', 'two');
  await buckets.deleteObject(bucket, 'a');
}

describe('a preview', () => {
  it('tells of a whole change on a bucket that is not there yet, and makes nothing', async () => {
    const bucket = location.bucket('planned');
    const noted = await preview(target, async (buckets) => {
      await furnish(buckets, bucket);
      await buckets.putTags(bucket, { team: 'shop' });
    });
    expect(
      noted.map(({ summary, differences = [] }) => [summary.replace(bucket, 'B'), differences.length]),
    ).toEqual([
      ["ensure bucket 'B'", 1],
      ["set versioning of bucket 'B' to Enabled", 1],
      ["put object 'B/a'", 1],
      ["put object 'B/a'", 1],
      ["delete object 'B/a'", 0],
      ["put tag 'team' of bucket 'B'", 1],
    ]);
    expect(await bucketState(location.client, bucket)).toBe('none');
  });

  it('lets the S3Client read and refuses its writes, also by a service that has the client', async () => {
    const bucket = await bucketNamed('read-only');
    const put = new PutObjectCommand({ Bucket: bucket, Key: 'x', Body: 'x' });
    await preview(target, async (_, clients) => {
      expect(await bucketState(clientOf(clients), bucket)).toBe('there');
      for (const client of [clientOf(clients), location.client]) {
        const { message } = await failureOf(client.send(put));
        expect(message).toContain(
          `is only previewed, so a write to target system 'assets' was refused: PutObject '${bucket}/x'`,
        );
      }
    });
    expect(await objectState(location.client, bucket, 'x')).toBe('none');
  });
});

describe('an attempt that has ended', () => {
  it('reaches nothing by a service that has the client, while others go on with it', async () => {
    const bucket = await bucketNamed('ended');
    const put = (Key: string) =>
      location.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    let late: Promise<Error> | undefined;
    await use(target, async () => {
      await put('in time');
      late = failureOf(ended.then(() => put('late')));
    });
    end();
    expect((await late)?.message).toContain('has ended');
    await put('somebody else');
    expect(await objectState(location.client, bucket, 'late')).toBe('none');
    expect(await objectState(location.client, bucket, 'in time')).not.toBe('none');
  });
});

describe('a wrong secret', () => {
  it('is told with the call and the bucket', async () => {
    const client = s3Client(undefined, {
      credentials: { accessKeyId: 'flamingock', secretAccessKey: 'wrong' },
    });
    const strange = new S3TargetSystem('assets', client);
    const { message } = await failureOf(
      use(strange, (buckets) => buckets.putTags('shop-assets', { a: 'b' })),
    );
    expect(message).toMatch(
      /^GetBucketTagging 'shop-assets' on target system 'assets' was answered by 403 SignatureDoesNotMatch/,
    );
    expect(message).toContain('check key, secret, session token and region of the S3Client');
    expect(message).not.toContain('wrong');
    client.destroy();
  });
});

describe('the options', () => {
  it('are refused where S3 would not take them', () => {
    expect(() => new S3TargetSystem('assets', location.client, { undoPrefix: '/undo' })).toThrow(
      /undoPrefix of S3TargetSystem 'assets' is '\/undo'/,
    );
    expect(() => new S3TargetSystem('assets', location.client, { partSize: 1_000 })).toThrow(
      /partSize of S3TargetSystem 'assets' is 1000/,
    );
  });
});
