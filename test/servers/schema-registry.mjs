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

/** Apicurio, which speaks Confluent's API; 2.6, for an older Java, tells wrong levels of compatibility. */
const VERSION = '3.3.3';
const JAVA = 21;
const FOLDER = join(CACHE, `apicurio-registry-${VERSION}`);

/** @type {import('./binaries.mjs').Need} */
export const SCHEMA_REGISTRY = {
  server: `schema registry (Apicurio, which needs Java ${JAVA} or newer)`,
  variable: 'SCHEMA_REGISTRY_URL',
  packages: ['openjdk-21-jre-headless', 'maven'],
  isMet: async () => {
    const java = await newestJava();
    return Boolean(java && java.major >= JAVA && (existsSync(FOLDER) || findProgram('mvn')));
  },
};

/** Starts a registry of its own, which keeps its data in memory. */
export async function startSchemaRegistry() {
  await provide([SCHEMA_REGISTRY]);
  if (!existsSync(FOLDER)) await download();
  const java = await newestJava();
  const dir = createScratch('schema-registry');
  const port = await freePort();
  const server = await startServer({
    name: 'Apicurio Registry',
    dir,
    port,
    url: `http://127.0.0.1:${port}/apis/ccompat/v7`,
    command: /** @type {NonNullable<typeof java>} */ (java).command,
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
      join(FOLDER, 'quarkus-run.jar'),
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

/** Complete or not there: other runs may be at it at the same moment. */
async function download() {
  console.error('Fetching Apicurio Registry for the tests…');
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'download-'));
  try {
    writeFileSync(join(folder, 'pom.xml'), POM);
    const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack';
    const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${VERSION}:tar.gz:all`;
    const goal = ['-q', '-B', '-f', join(folder, 'pom.xml'), plugin, artifact];
    await run(/** @type {string} */ (findProgram('mvn')), [
      ...goal,
      `-DoutputDirectory=${join(folder, 'app')}`,
    ]);
    renameSync(join(folder, 'app'), FOLDER);
  } catch (error) {
    if (!existsSync(FOLDER)) throw error;
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
