import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { provide } from './binaries.mjs';
import { createScratch } from './scratch.mjs';
import { freePort, startServer } from './server.mjs';
import { pingS3 } from './s3.mjs';

const run = promisify(execFile);

const VERSION = '5.2.5';
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nestjs-flamingock-tests');
const FOLDER = join(CACHE, `moto-${VERSION}`);

/** @type {import('./binaries.mjs').Need} */
export const S3_MOCK = {
  server: 'S3 mock (moto)',
  variable: 'S3_MOCK_URL',
  packages: ['python3-venv', 'python3-pip'],
  isMet: async () => existsSync(FOLDER) || canMakeEnvironments(),
};

/** Starts moto: a mock, only for what no real server to be had answers (lifecycle, encryption, public access block). */
export async function startS3Mock() {
  await provide([S3_MOCK]);
  if (!existsSync(FOLDER)) await install();
  const dir = createScratch('s3-mock');
  const port = await freePort();
  return startServer({
    name: 'moto',
    dir,
    port,
    url: `http://127.0.0.1:${port}`,
    command: join(FOLDER, 'bin', 'python'),
    args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    stopSignal: 'SIGTERM',
    ping: pingS3,
  });
}

/** `venv` alone is not enough: Debian has the part that puts pip into it in another package. */
async function canMakeEnvironments() {
  return run('python3', ['-c', 'import venv, ensurepip']).then(
    () => true,
    () => false,
  );
}

/** Complete or not there: other runs may be at it at the same moment. Python finds its environment where it was moved to. */
async function install() {
  console.error('Installing moto for the tests, once…');
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'download-'));
  try {
    await run('python3', ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check', 'install'];
    await run(join(folder, 'bin', 'python'), [...pip, `moto[s3,server]==${VERSION}`], {
      maxBuffer: 64 << 20,
    });
    renameSync(folder, FOLDER);
  } catch (error) {
    if (!existsSync(FOLDER)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
