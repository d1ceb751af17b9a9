import { Apply, Change, Recipes, Rollback, Verify } from 'nestjs-flamingock';
import { S3Buckets } from 'nestjs-flamingock/s3';

const BUCKET = 'shop-assets';
const KEY = 'logo.svg';

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4" fill="#e75480"/></svg>';

@Change({ id: 'publish-logo', order: '0008', author: 'shop-team', targetSystem: 'assets', stage: 'release' })
export class PublishLogo {
  @Apply()
  async apply(buckets: S3Buckets): Promise<void> {
    await buckets.ensureBucket(BUCKET);
    await buckets.putCorsRules(BUCKET, [
      { ID: 'shop', AllowedMethods: ['GET'], AllowedOrigins: ['https://shop.example'] },
    ]);
    await buckets.putObject(BUCKET, KEY, LOGO, { contentType: 'image/svg+xml' });
  }

  @Rollback()
  async rollback(recipes: Recipes): Promise<void> {
    await recipes.undo();
  }

  @Verify()
  verify(buckets: S3Buckets): Promise<boolean> {
    return buckets.hasObject(BUCKET, KEY);
  }
}
