import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { Apply, Change, ChangeFailedError, Flamingock, Recipes, Rollback, Verify } from 'nestjs-flamingock';
import { MemoryAuditStore } from 'nestjs-flamingock/memory';
import { S3Buckets, S3TargetSystem } from 'nestjs-flamingock/s3';
import { compiled } from '../../nest/support/apps.js';
import { bucketState, corsState, objectState } from './support/bucket-state.js';
import { s3Place } from './support/s3-location.js';
import { failureOf } from './support/use.js';

// On versitygw, a real S3 server.

const location = s3Place();
const [BUCKET, OTHER] = [location.bucket('shop-assets'), location.bucket('other')];
const Cors = { ID: 'shop', AllowedMethods: ['GET'], AllowedOrigins: ['https://shop.example'] };

@Global()
@Module({ providers: [{ provide: S3Client, useValue: location.client }], exports: [S3Client] })
class S3Module {}

@Change({ id: 'assets-bucket', order: '0001', author: 'shop-team', targetSystem: 'assets' })
class AssetsBucket {
  @Apply()
  async apply(buckets: S3Buckets) {
    await buckets.ensureBucket(BUCKET);
    await buckets.putCorsRules(BUCKET, [Cors]);
    await buckets.putObject(BUCKET, 'logo.svg', '<svg/>', { contentType: 'image/svg+xml' });
  }

  @Rollback()
  async rollback(recipes: Recipes) {
    await recipes.undo();
  }

  @Verify()
  async verify(client: S3Client) {
    const head = client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'logo.svg' }));
    return head.then(
      () => true,
      () => false,
    );
  }
}

@Change({ id: 'new-logo', order: '0002', author: 'shop-team', targetSystem: 'assets' })
class NewLogo {
  @Apply()
  async apply(buckets: S3Buckets) {
    await buckets.ensureBucket(OTHER);
    await buckets.putObject(BUCKET, 'logo.svg', '<svg>new</svg>');
    await buckets.removeCorsRules(BUCKET, ['shop']);
    throw new Error('no more ink');
  }

  @Rollback()
  async rollback(recipes: Recipes) {
    await recipes.undo();
  }
}

afterAll(() => location.drop());

describe('an app on S3', () => {
  it('runs its changes at boot, and puts one back that failed', async () => {
    const options = { auditStore: new MemoryAuditStore(), targetSystems: [S3TargetSystem.inject('assets')] };
    const app = await compiled({ imports: [S3Module], providers: [AssetsBucket, NewLogo] }, options);
    const error = await failureOf(app.init());
    expect(error).toBeInstanceOf(ChangeFailedError);
    expect(
      (error as ChangeFailedError).report?.changes.map(({ id, outcome }) => `${id}: ${outcome}`),
    ).toEqual(['assets-bucket: applied', 'new-logo: rolled-back']);
    expect(await objectState(location.client, BUCKET, 'logo.svg')).toMatchObject({
      content: btoa('<svg/>'),
      type: 'image/svg+xml',
    });
    expect(await corsState(location.client, BUCKET)).toEqual([Cors]);
    expect(await bucketState(location.client, OTHER)).toBe('none');
    expect((await app.get(Flamingock).plan()).status).toBe('pending');
    await app.close();
  });
});
