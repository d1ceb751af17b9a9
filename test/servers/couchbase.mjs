import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, provide } from './binaries.mjs';
import { createScratch } from './scratch.mjs';
import { freePort, startServer } from './server.mjs';

const run = promisify(execFile);

/** Of Couchbase itself no package can be had: its own mock, which knows keys and CAS on the default collection and no more. */
const VERSION = '1.5.25';
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nestjs-flamingock-tests');
const JAR = join(CACHE, `CouchbaseMock-${VERSION}.jar`);
const BUCKET = 'default';
const CREDENTIALS = 'Administrator:password';

/** @type {import('./binaries.mjs').Need} */
export const COUCHBASE = {
  server: 'CouchbaseMock',
  variable: 'COUCHBASE_URL',
  packages: ['openjdk-17-jre-headless', 'maven'],
  isMet: async () => Boolean(findProgram('java') && (existsSync(JAR) || findProgram('mvn'))),
};

/** Starts a mock of its own, which keeps its data in memory. */
export async function startCouchbase() {
  await provide([COUCHBASE]);
  if (!existsSync(JAR)) await download();
  const dir = createScratch('couchbase');
  const port = await freePort();
  const rest = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: 'CouchbaseMock',
    dir,
    port,
    url: rest,
    command: /** @type {string} */ (findProgram('java')),
    args: [
      '-Xmx128m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      `-Djava.io.tmpdir=${dir}`,
      '-jar',
      JAR,
      `--port=${port}`,
      '--host=127.0.0.1',
      '--nodes=1',
      '--replicas=0',
      '--vbuckets=64',
      '--cccp',
      `--buckets=${BUCKET}:`,
    ],
    stopSignal: 'SIGTERM',
    ping: async (url) => void (await dataPort(url)),
  });
  const url = `couchbase://${CREDENTIALS}@127.0.0.1:${await dataPort(rest)}/${BUCKET}`;
  return { url, stop: server.stop };
}

/**
 * Connects as the tests do: `couchbase://user:password@host/bucket`.
 * @param {string} url
 */
export async function pingCouchbase(url) {
  const { connectCouchbase } = await import('../support/couchbase.mjs');
  const { cluster, collection } = await connectCouchbase(url);
  try {
    await collection.upsert('flamingock-ping', {}, { timeout: 5_000 });
  } finally {
    await cluster.close();
  }
}

/**
 * Where the mock speaks the binary protocol; it chooses the port itself.
 * @param {string} rest
 * @returns {Promise<number>}
 */
async function dataPort(rest) {
  const response = await fetch(`${rest}/pools/default/buckets/${BUCKET}`, {
    headers: { authorization: `Basic ${Buffer.from(CREDENTIALS).toString('base64')}` },
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`${rest} answers ${response.status}`);
  const { nodes } = /** @type {{ nodes: { ports: { direct: number } }[] }} */ (await response.json());
  const [node] = nodes;
  if (!node) throw new Error(`${rest} has no node yet`);
  return node.ports.direct;
}

/** Complete or not there: other runs may be at it at the same moment. */
async function download() {
  console.error('Fetching CouchbaseMock for the tests…');
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'download-'));
  try {
    const artifact = `-Dartifact=com.couchbase.mock:CouchbaseMock:${VERSION}`;
    const goal = ['-q', '-B', 'dependency:copy', artifact, `-DoutputDirectory=${folder}`];
    await run(/** @type {string} */ (findProgram('mvn')), goal, { cwd: folder });
    renameSync(join(folder, `CouchbaseMock-${VERSION}.jar`), JAR);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
