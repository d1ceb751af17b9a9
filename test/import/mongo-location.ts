import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type Db, MongoClient } from 'mongodb';

/** A real MongoDB, with a database of its own for each test of the file that calls this. */
export function mongoLocation(): { readonly client: MongoClient; readonly db: Db } {
  const url = process.env.MONGODB_URL;
  if (!url) throw new Error('This test needs MongoDB, and MONGODB_URL is not set.');
  const client = new MongoClient(url);
  const nextDb = () =>
    client.db(`flamingock_${process.env.JEST_WORKER_ID ?? '0'}_${randomBytes(6).toString('hex')}`);
  let db = nextDb();
  beforeAll(async () => void (await client.connect()));
  beforeEach(() => {
    db = nextDb();
  });
  afterEach(() => db.dropDatabase());
  afterAll(() => client.close());
  return {
    client,
    get db() {
      return db;
    },
  };
}
