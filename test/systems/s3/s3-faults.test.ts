import { CreateBucketCommand, type S3ClientConfig } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { S3TargetSystem } from 'nestjs-flamingock/s3';
import { startS3 } from '../../servers/s3.mjs';
import type { TestServer } from '../../servers/server.mjs';
import { serverUrl } from '../../support/databases.js';
import { s3Client, s3Keys } from '../../support/s3.js';
import { objectState } from './support/bucket-state.js';
import { s3Place } from './support/s3-location.js';
import { type FateOf, type S3Proxy, startS3Proxy } from './support/s3-proxy.js';
import { failureOf, newScope, recipesOf, use } from './support/use.js';

// On versitygw, a real S3 server: behind a proxy that disturbs, and one of its own that is killed.

const location = s3Place();
const bucket = location.bucket('faults');
beforeAll(() => location.client.send(new CreateBucketCommand({ Bucket: bucket })));
afterAll(() => location.drop());

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function behind(
  fateOf: FateOf,
  options?: S3ClientConfig,
): Promise<{ proxy: S3Proxy; target: S3TargetSystem }> {
  const proxy = await startS3Proxy(serverUrl('s3'), fateOf);
  const client = s3Client(proxy.url, options);
  open.push(() => client.destroy(), proxy.close);
  return { proxy, target: new S3TargetSystem('assets', client) };
}

/** Disturbs the first so many writes of objects. */
function firstPuts(count: number, fate: ReturnType<FateOf>): FateOf {
  let left = count;
  return (method) => (method === 'PUT' && left-- > 0 ? fate : 'passed');
}

describe('S3 that asks to slow down', () => {
  it('is asked again a little later', async () => {
    const { proxy, target } = await behind(firstPuts(2, 'slow-down'));
    await use(target, (buckets) => buckets.putObject(bucket, 'throttled', 'text', { ifAbsent: true }));
    expect(proxy.seen.filter((line) => line.startsWith('PUT')).map((line) => line.split(' ')[2])).toEqual([
      'slow-down',
      'slow-down',
      'passed',
    ]);
    expect(await objectState(location.client, bucket, 'throttled')).not.toBe('none');
  });

  it('is told when it does not stop', async () => {
    const { target } = await behind(() => 'slow-down', { maxAttempts: 2 });
    const { message } = await failureOf(
      use(target, (buckets) => buckets.putObject(bucket, 'refused', 'text')),
    );
    expect(message).toMatch(
      new RegExp(
        `^HeadObject '${bucket}/refused' on target system 'assets' was answered by 503 .* \\(after 2 attempts\\)`,
      ),
    );
    expect(message).toContain('raise maxAttempts of the S3Client');
  });
});

describe('an answer to HEAD, which has no body', () => {
  it('is told in words when the secret is wrong', async () => {
    const credentials = { accessKeyId: s3Keys().accessKeyId, secretAccessKey: 'wrong' };
    const { target } = await behind(() => 'passed', { credentials });
    const failures = [
      failureOf(use(target, (buckets) => buckets.hasBucket(bucket))),
      failureOf(use(target, (buckets) => buckets.putObject(bucket, 'refused', 'text'))),
    ];
    for (const { message } of await Promise.all(failures)) {
      expect(message).toMatch(
        new RegExp(
          `^Head(Bucket|Object) '${bucket}\\S*' on target system 'assets' was answered by 403 AccessDenied`,
        ),
      );
      expect(message).toMatch(/key and secret/);
      expect(message).not.toMatch(/Unknown/);
    }
  });
});

describe('an answer that is lost or late', () => {
  it('leaves the object once, and the condition that fails for the second request is no error', async () => {
    for (const fate of ['answer-lost', 'answer-late'] as const) {
      const { proxy, target } = await behind(firstPuts(1, fate), {
        requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true },
      });
      await use(target, (buckets) => buckets.putObject(bucket, fate, 'text', { ifAbsent: true }));
      expect(proxy.seen.filter((line) => line.startsWith('PUT'))).toHaveLength(2);
      expect(await objectState(location.client, bucket, fate)).toMatchObject({ content: btoa('text') });
    }
  });
});

describe('a server that is killed during a change', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startS3();
    const client = s3Client(server.url);
    await client.send(new CreateBucketCommand({ Bucket: 'own' }));
    client.destroy();
  });
  afterAll(() => server.stop());

  function targetOn(options?: S3ClientConfig): S3TargetSystem {
    const client = s3Client(server.url, options);
    open.push(() => client.destroy());
    return new S3TargetSystem('assets', client);
  }

  it('is waited for while the SDK asks again, and the change ends well', async () => {
    await use(targetOn({ maxAttempts: 50 }), async (buckets) => {
      await buckets.putObject('own', 'before', 'text');
      await server.kill();
      const put = buckets.putObject('own', 'after', 'text');
      await server.restart();
      await put;
    });
    const client = s3Client(server.url);
    open.push(() => client.destroy());
    for (const key of ['before', 'after'])
      expect(await objectState(client, 'own', key)).toMatchObject({ content: btoa('text') });
  });

  it('is named when it stays away, and what was done is put back when it is there again', async () => {
    const target = targetOn({ maxAttempts: 2 });
    const scope = newScope();
    const change = use(
      target,
      async (buckets) => {
        await buckets.putObject('own', 'first', 'text');
        await server.kill();
        await buckets.putObject('own', 'second', 'text');
      },
      scope,
    );
    const { message } = await failureOf(change);
    expect(message).toMatch(
      /^HeadObject 'own\/second' on target system 'assets' got no answer \(after 2 attempts\): .*ECONNREFUSED/,
    );
    expect(message).toContain('check the endpoint of the S3Client');
    await server.restart();
    await use(target, (_, clients) => recipesOf(clients).undo(), scope);
    const client = s3Client(server.url);
    open.push(() => client.destroy());
    for (const key of ['first', 'second']) expect(await objectState(client, 'own', key)).toBe('none');
  });
});
