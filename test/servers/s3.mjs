import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram, provide } from './binaries.mjs';
import { createScratch, isAlive, readPid } from './scratch.mjs';
import { freePort, startServer } from './server.mjs';

const run = promisify(execFile);

const VERSION = 'v1.8.0';
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nestjs-flamingock-tests');
const FOLDER = join(CACHE, `versitygw-${VERSION}`);
const BINARY = join(FOLDER, 'versitygw');
/** Has the pid of the process that builds. */
const BUILDER = join(CACHE, `versitygw-${VERSION}.pid`);
/** Debian puts a Go of its own beside the machine's. */
const GO = () => findProgram('go', ['/usr/local/go/bin', '/usr/lib/go/bin']);

/** Who may use a server that is started here. */
export const S3_KEYS = { accessKeyId: 'flamingock', secretAccessKey: 'flamingock-secret' };

/** @type {import('./binaries.mjs').Need} */
export const S3 = {
  server: 'S3 server (versitygw)',
  variable: 'S3_URL',
  packages: ['golang-go'],
  isMet: async () => Boolean(existsSync(BINARY) || GO()),
};

/** Starts a versitygw of its own: S3 on a folder. It checks signatures, versions objects and judges conditions of writes. */
export async function startS3() {
  await provide([S3]);
  if (!existsSync(BINARY)) await buildS3();
  const dir = createScratch('s3');
  for (const folder of ['data', 'versions']) mkdirSync(join(dir, folder));
  const port = await freePort();
  return startServer({
    name: 'versitygw',
    dir,
    port,
    url: `http://127.0.0.1:${port}`,
    command: BINARY,
    args: [
      '--port',
      `127.0.0.1:${port}`,
      '--region',
      'us-east-1',
      '--health',
      '/health',
      '--access',
      S3_KEYS.accessKeyId,
      '--secret',
      S3_KEYS.secretAccessKey,
      'posix',
      '--versioning-dir',
      join(dir, 'versions'),
      join(dir, 'data'),
    ],
    stopSignal: 'SIGTERM',
    ping: pingS3,
  });
}

/** Any S3 server answers, if only that it lets nobody in. @param {string} url */
export async function pingS3(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  await answer.body?.cancel();
}

/** Builds the server, or waits for the process of another run that is at it. */
export async function buildS3() {
  mkdirSync(CACHE, { recursive: true });
  while (isAlive(readPid(BUILDER)) && !existsSync(BINARY)) await sleep(500);
  if (existsSync(BINARY)) return;
  writeFileSync(BUILDER, String(process.pid));
  try {
    await build();
  } finally {
    rmSync(BUILDER, { force: true });
  }
}

/** Complete or not there: two may have begun in the same moment. */
async function build() {
  console.error('Building versitygw for the tests, once; about 90 seconds…');
  const folder = mkdtempSync(join(CACHE, 'download-'));
  try {
    const module = `github.com/versity/versitygw/cmd/versitygw@${VERSION}`;
    await run(/** @type {string} */ (GO()), ['install', '-ldflags=-s -w', module], {
      env: { ...process.env, GOBIN: folder, GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? 'auto' },
      maxBuffer: 64 << 20,
    });
    renameSync(folder, FOLDER);
  } catch (error) {
    if (!existsSync(BINARY)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
