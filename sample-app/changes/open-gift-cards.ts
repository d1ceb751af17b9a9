import { Apply, Change, Rollback, Verify } from 'nestjs-flamingock';
import { FileSystemClient } from 'nestjs-flamingock/filesystem';

const FILE = 'checkout.json';

@Change({
  id: 'open-gift-cards',
  order: '0004',
  author: 'shop-team',
  targetSystem: 'features',
  stage: 'release',
  ticket: 'SHOP-128',
})
export class OpenGiftCards {
  @Apply()
  apply(files: FileSystemClient): Promise<void> {
    return setGiftCards(files, true);
  }

  @Rollback()
  rollback(files: FileSystemClient): Promise<void> {
    return setGiftCards(files, false);
  }

  /** After a crash the next run asks this, instead of a person. */
  @Verify()
  async verify(files: FileSystemClient): Promise<boolean> {
    return (await flagsOf(files))['giftCards'] === true;
  }
}

async function setGiftCards(files: FileSystemClient, giftCards: boolean): Promise<void> {
  await files.writeJson(FILE, { ...(await flagsOf(files)), giftCards });
}

async function flagsOf(files: FileSystemClient): Promise<Record<string, unknown>> {
  return (await files.readJson(FILE)) as Record<string, unknown>;
}
