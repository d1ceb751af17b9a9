import { Apply, Change, Rollback } from 'nestjs-flamingock';
import { FileSystemClient } from 'nestjs-flamingock/filesystem';

/** A folder has no transactions: should `apply` fail halfway, `rollback` is called. */
@Change({
  id: 'add-feature-flags',
  order: '0001',
  author: 'shop-team',
  targetSystem: 'features',
  stage: 'release',
})
export class AddFeatureFlags {
  @Apply()
  async apply(files: FileSystemClient): Promise<void> {
    await files.writeJson('checkout.json', { guestCheckout: true, giftCards: false });
  }

  @Rollback()
  async rollback(files: FileSystemClient): Promise<void> {
    await files.remove('checkout.json');
  }
}
