import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FOLDER, makeFolder } from '../data-folder.js';
import { MongoDb } from './mongodb.js';

/** A MongoDB that runs already, which the shop neither starts nor stops. */
export function givenMongoDb(url: string): MongoDb {
  const shopFolder = join(DATA_FOLDER, `mongodb-${shortHash(url)}`);
  makeFolder(shopFolder);
  const database = databaseOf(shopFolder);
  console.log(
    `Using the MongoDB of MONGODB_URL, database ${database}. --reset forgets it, and leaves it there.`,
  );
  return new MongoDb(url, database, shopFolder, () => Promise.resolve());
}

/** As old as the shop's other data, so that both are forgotten together. */
function databaseOf(shopFolder: string): string {
  const file = join(shopFolder, 'database.txt');
  if (!existsSync(file)) writeFileSync(file, `flamingock-sample-${randomUUID().slice(0, 8)}`);
  return readFileSync(file, 'utf8');
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
