import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DATA_FOLDER } from '../data-folder.js';
import { MongoDb } from './mongodb.js';

/** Not compiled: it runs from where it was written. */
const KEEPER = join(import.meta.dirname, '..', '..', 'mongodb', 'keeper.mjs');

interface Mongod {
  readonly url: string;
  readonly pid: number;
}

/** Starts the mongod that the tests use too. The first time it may have to be fetched. */
export async function startMongoDb(): Promise<MongoDb> {
  console.log('Starting a MongoDB for the shop. MONGODB_URL=… would point to one that runs already.');
  const shopFolder = join(DATA_FOLDER, 'mongodb');
  const mongodFolder = join(shopFolder, 'mongod');
  // A group of its own: Ctrl-C in a terminal is for the shop, which needs its database until it has closed.
  const keeper = fork(KEEPER, [mongodFolder], { detached: true });
  const { url, pid } = await started(keeper);
  console.log(`Started mongod (process ${pid}): ${url}`);
  console.log(`It keeps its data in ${mongodFolder}, and stops with the shop.`);
  return new MongoDb(url, 'shop', shopFolder, () => stop(keeper));
}

/** @throws Error when it does not start; the keeper has said why */
async function started(keeper: ChildProcess): Promise<Mongod> {
  const failed = once(keeper, 'exit').then(() => {
    throw new Error('mongod did not start. To fix: see above; or set MONGODB_URL.');
  });
  const [mongod] = (await Promise.race([once(keeper, 'message'), failed])) as [Mongod];
  return mongod;
}

async function stop(keeper: ChildProcess): Promise<void> {
  if (!keeper.connected) return;
  const gone = once(keeper, 'exit');
  keeper.disconnect();
  await gone;
  console.log('Stopped mongod.');
}
