import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type S3Buckets, S3TargetSystem } from 'nestjs-flamingock/s3';
import { objectState, openUploads } from './support/bucket-state.js';
import { keysIn, s3Place } from './support/s3-location.js';
import { failureOf, newScope, recipesOf, use } from './support/use.js';

// On versitygw, a real S3 server.

// 40 MiB take their time on a busy machine.
jest.setTimeout(60_000);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MIB = 1024 * 1024;
const location = s3Place();
const bucket = location.bucket('objects');
const partSize = 5 * MIB;
const target = new S3TargetSystem('assets', location.client, { partSize });

beforeAll(() => location.client.send(new CreateBucketCommand({ Bucket: bucket })));
afterAll(() => location.drop());

/** What buffers take that are still needed, in bytes. */
async function memoryInUse(): Promise<number> {
  // What the first collection finds is given back a little later.
  for (let round = 0; round < 2; round++) {
    collectGarbage();
    await sleep(20);
  }
  return process.memoryUsage().arrayBuffers;
}

/** 40 MiB, one at a time. `held` is told late in the stream how much memory buffers take meanwhile. */
async function* mebibytes(held: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < 40; index++) {
    if (index === 30) held(await memoryInUse());
    yield Buffer.alloc(MIB, index);
    // As a socket or a disk would: others get a turn.
    await sleep(0);
  }
}

describe('S3Buckets: conditions', () => {
  it('lets one of several win that put what must not exist, and says it to the others', async () => {
    const put = (name: string) =>
      use(target, (buckets) => buckets.putObject(bucket, 'racing', name, { ifAbsent: true }));
    const names = Array.from({ length: 8 }, (_, index) => `racer ${index}`);
    const ended = await Promise.allSettled(names.map(put));
    const winners = names.filter((_, index) => ended[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    const { Body } = await location.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'racing' }));
    expect(await Body?.transformToString()).toBe(winners[0]);
    for (const one of ended)
      if (one.status === 'rejected')
        expect(String(one.reason)).toMatch(/racing'.*(must not exist|412 PreconditionFailed)/);
  });

  it('leaves what another has put when the race was lost, also when the change is put back', async () => {
    const [mine, theirs] = [Buffer.from('mine'), Buffer.from('theirs')];
    const scope = newScope();
    // Read after the look at the place and before the put: exactly then another one is faster.
    async function* late(): AsyncGenerator<Uint8Array> {
      await location.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'lost-race', Body: theirs }));
      yield mine;
    }
    const put = use(
      target,
      (buckets) => buckets.putObject(bucket, 'lost-race', late(), { ifAbsent: true }),
      scope,
    );
    expect((await failureOf(put)).message).toMatch(/\/lost-race'.*412 PreconditionFailed/);
    await use(target, (_, clients) => recipesOf(clients).undo(), scope);
    expect(await objectState(location.client, bucket, 'lost-race')).toMatchObject({
      content: btoa('theirs'),
    });
  });

  it('takes the same again for done, although it must not exist', async () => {
    const put = () => use(target, (buckets) => buckets.putObject(bucket, 'same', 'same', { ifAbsent: true }));
    await put();
    await expect(put()).resolves.toBeUndefined();
  });

  it('replaces and deletes only what has the ETag', async () => {
    await use(target, (buckets) => buckets.putObject(bucket, 'tagged', 'one'));
    const { ETag = '' } = await location.client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: 'tagged' }),
    );
    await use(target, (buckets) => buckets.putObject(bucket, 'tagged', 'two', { ifMatch: ETag }));
    const late = { ifMatch: ETag };
    const put = failureOf(use(target, (buckets) => buckets.putObject(bucket, 'tagged', 'three', late)));
    const deletion = failureOf(use(target, (buckets) => buckets.deleteObject(bucket, 'tagged', late)));
    for (const { message } of await Promise.all([put, deletion]))
      expect(message).toMatch(
        new RegExp(`'${bucket}/tagged' was not written: it must have the ETag ${ETag}`),
      );
    expect(await objectState(location.client, bucket, 'tagged')).toMatchObject({ content: btoa('two') });
  });
});

describe('S3Buckets: what somebody else did since', () => {
  const theirs = (Key: string) =>
    location.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'theirs' }));
  const theirDeletion = (Key: string) =>
    location.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  const put = (buckets: S3Buckets, key: string) => buckets.putObject(bucket, key, 'mine');

  it.each([
    ['put where there was none', false, put, theirs],
    ['put where there was one', true, put, theirs],
    ['put, and it was deleted', true, put, theirDeletion],
    [
      'copied',
      true,
      (buckets: S3Buckets, key: string) => buckets.copyObject({ bucket, key: 'source' }, { bucket, key }),
      theirs,
    ],
    ['deleted', true, (buckets: S3Buckets, key: string) => buckets.deleteObject(bucket, key), theirs],
  ])('is not undone: %s', async (name, hadOne, operation, other) => {
    const [key, scope] = [`others ${name}`, newScope()];
    await location.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'source', Body: 'source' }));
    if (hadOne) await location.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'old' }));
    await use(target, (buckets) => operation(buckets, key), scope);
    await other(key);
    const left = await objectState(location.client, bucket, key);
    const undone = failureOf(use(target, (_, clients) => recipesOf(clients).undo(), scope));
    expect((await undone).message).toMatch(
      new RegExp(`Not put back: the change .* object '${bucket}/${key}', and since then .* by somebody else`),
    );
    expect(await objectState(location.client, bucket, key)).toEqual(left);
  });

  it('is told from what the change itself wrote, several times', async () => {
    const scope = newScope();
    await use(
      target,
      async (buckets) => {
        await buckets.putObject(bucket, 'several', 'one');
        await buckets.putObject(bucket, 'several', Buffer.alloc(70_000, 'two'));
        await buckets.deleteObject(bucket, 'several');
        await buckets.putObject(bucket, 'several', 'three');
      },
      scope,
    );
    await use(target, (_, clients) => recipesOf(clients).undo(), scope);
    expect(await objectState(location.client, bucket, 'several')).toBe('none');
  });
});

describe('S3Buckets: streams', () => {
  it('sends 40 MiB while it holds a few parts of 5, and does not send them again', async () => {
    const before = await memoryInUse();
    let most = 0;
    const body = () => mebibytes((bytes) => (most = Math.max(most, bytes - before)));
    const performed = await use(target, async (buckets, clients) => {
      await buckets.putObject(bucket, 'large', body, { contentType: 'video/mp4' });
      await buckets.putObject(bucket, 'large', body, { contentType: 'video/mp4' });
      return recipesOf(clients).performed;
    });
    expect(performed).toHaveLength(1);
    const head = await location.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'large' }));
    expect(head).toMatchObject({ ContentLength: 40 * MIB, ContentType: 'video/mp4' });
    expect(head.ETag).toMatch(/-8"$/);
    expect(most).toBeLessThan(5 * partSize);
  });

  it('leaves nothing of a stream that fails', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(6 * MIB);
      throw new Error('the disk is gone');
    }
    await expect(use(target, (buckets) => buckets.putObject(bucket, 'broken', broken()))).rejects.toThrow(
      'the disk is gone',
    );
    expect(await openUploads(location.client, bucket)).toEqual([]);
    expect(await objectState(location.client, bucket, 'broken')).toBe('none');
  });

  it('leaves nothing of a stream that is under way when the attempt ends', async () => {
    let stuck = (): void => {};
    const isStuck = new Promise<void>((resolve) => (stuck = resolve));
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(11 * MIB);
      stuck();
      await new Promise(() => {});
    }
    let put: Promise<Error> | undefined;
    const attempt = use(target, async (buckets) => {
      put = failureOf(buckets.putObject(bucket, 'endless', endless()));
      await isStuck;
      throw new Error('timed out');
    });
    await expect(attempt).rejects.toThrow('timed out');
    expect((await put)?.message).toMatch(/has ended/);
    expect(await openUploads(location.client, bucket)).toEqual([]);
    expect(await objectState(location.client, bucket, 'endless')).toBe('none');
  });
});

describe('S3Buckets: copies for putting back', () => {
  it('keeps one below the reserved prefix, and removes it when it has served', async () => {
    const copies = async () =>
      (await keysIn(location.client, bucket)).filter((key) => key.startsWith('.flamingock/undo/'));
    const Key = 'kept';
    await use(target, (buckets) => buckets.putObject(bucket, Key, Buffer.alloc(70_000, 'old')));
    const scope = newScope();
    await use(target, (buckets) => buckets.putObject(bucket, Key, 'new'), scope);
    expect(await copies()).toHaveLength(1);
    await use(target, (_, clients) => recipesOf(clients).undo(), scope);
    expect(await copies()).toEqual([]);
    const head = await location.client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
    expect(head.ContentLength).toBe(70_000);
  });

  it('says so when the copy is gone, and touches nothing', async () => {
    const scope = newScope();
    await use(target, (buckets) => buckets.putObject(bucket, 'lost', Buffer.alloc(70_000, 'old')));
    await use(target, (buckets) => buckets.putObject(bucket, 'lost', 'new'), scope);
    const [copy = ''] = (await keysIn(location.client, bucket)).filter((key) =>
      key.startsWith('.flamingock/'),
    );
    await location.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: copy }));
    const { message } = await failureOf(use(target, (_, clients) => recipesOf(clients).undo(), scope));
    expect(message).toContain(
      `Object '${bucket}/lost' can't be put back: its copy '${copy}' is no longer there.`,
    );
  });

  it('refuses keys below the reserved prefix', async () => {
    const { message } = await failureOf(
      use(target, (buckets) => buckets.putObject(bucket, '.flamingock/undo/x', 'mine')),
    );
    expect(message).toMatch(/'\.flamingock\/undo\/x'.*is refused[^]*undoPrefix/);
  });
});
