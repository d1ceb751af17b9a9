import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, provide } from './binaries.mjs';
import { newestJava } from './java.mjs';
import { createScratch } from './scratch.mjs';
import { freePort, startServer } from './server.mjs';

const run = promisify(execFile);

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nestjs-flamingock-tests');

/** Apicurio speaks Confluent's API; the newest that the machine's Java can run. */
const RELEASES = [
  { version: '3.3.3', java: 21, jar: 'quarkus-run.jar' },
  { version: '2.6.13.Final', java: 17, jar: 'apicurio-registry-app-2.6.13.Final-runner.jar' },
];

/** @type {import('./binaries.mjs').Need} */
export const SCHEMA_REGISTRY = {
  server: 'schema registry (Apicurio, with Java 17, or better 21)',
  variable: 'SCHEMA_REGISTRY_URL',
  packages: ['openjdk-17-jre-headless', 'maven'],
  isMet: async () => {
    const found = await choose();
    return Boolean(found && (existsSync(folderOf(found.release)) || findProgram('mvn')));
  },
};

/** Starts a registry of its own, which keeps its data in memory. */
export async function startSchemaRegistry() {
  await provide([SCHEMA_REGISTRY]);
  const { java, release } = /** @type {NonNullable<Awaited<ReturnType<typeof choose>>>} */ (await choose());
  const folder = folderOf(release);
  if (!existsSync(folder)) await download(release, folder);
  const dir = createScratch('schema-registry');
  const port = await freePort();
  const server = await startServer({
    name: 'Apicurio Registry',
    dir,
    port,
    url: `http://127.0.0.1:${port}/apis/ccompat/v7`,
    command: java.command,
    args: [
      '-Xms64m',
      '-Xmx384m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      `-Djava.io.tmpdir=${dir}`,
      `-Dquarkus.http.port=${port}`,
      '-Dquarkus.http.host=127.0.0.1',
      // Of its own, for metrics: the fixed one would be taken when two run.
      '-Dquarkus.management.host=127.0.0.1',
      '-Dquarkus.management.port=0',
      '-Dquarkus.http.access-log.enabled=false',
      '-Dquarkus.log.level=WARN',
      '-jar',
      join(folder, release.jar),
    ],
    stopSignal: 'SIGTERM',
    ping: pingSchemaRegistry,
  });
  await behaveAsConfluents(server.url);
  return server;
}

/** @param {string} url */
export async function pingSchemaRegistry(url) {
  const answer = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) throw new Error(`${url}/subjects was answered by ${answer.status}`);
}

/** Apicurio begins with NONE, Confluent's registry with BACKWARD. */
async function behaveAsConfluents(/** @type {string} */ url) {
  const answer = await fetch(`${url}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: 'BACKWARD' }),
  });
  if (!answer.ok) throw new Error(`PUT ${url}/config was answered by ${answer.status}`);
}

async function choose() {
  const java = await newestJava();
  const release = java && RELEASES.find((candidate) => java.major >= candidate.java);
  return java && release && { java, release };
}

/** @param {{ version: string }} release */
function folderOf({ version }) {
  return join(CACHE, `apicurio-registry-${version}`);
}

/**
 * Complete or not there: other runs may be at it at the same moment.
 * @param {(typeof RELEASES)[number]} release
 * @param {string} place
 */
async function download({ version }, place) {
  console.error('Fetching Apicurio Registry for the tests…');
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'download-'));
  try {
    writeFileSync(join(folder, 'pom.xml'), POM);
    const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack';
    const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${version}:tar.gz:all`;
    const goal = ['-q', '-B', '-f', join(folder, 'pom.xml'), plugin, artifact];
    await run(/** @type {string} */ (findProgram('mvn')), [
      ...goal,
      `-DoutputDirectory=${join(folder, 'app')}`,
    ]);
    renameSync(join(folder, 'app'), place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>nestjs-flamingock</groupId>
  <artifactId>schema-registry</artifactId>
  <version>1</version>
</project>
`;
