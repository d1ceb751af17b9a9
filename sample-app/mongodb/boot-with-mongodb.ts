import { boot, type RunningSample } from '../boot.js';
import { catalogIn } from '../catalog/catalog.js';
import { givenMongoDb } from './given-mongodb.js';
import { startMongoDb } from './own-mongodb.js';

/** `--mongodb`: the shop with a catalog in MongoDB, where the audit is too. */
export async function bootWithMongoDb(): Promise<RunningSample | undefined> {
  const url = process.env['MONGODB_URL'];
  const mongoDb = url ? givenMongoDb(url) : await startMongoDb();
  return boot(mongoDb.shopFolder, catalogIn(mongoDb));
}
