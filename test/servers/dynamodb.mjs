import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { findProgram, provide } from './binaries.mjs';
import { createScratch } from './scratch.mjs';
import { freePort, startServer } from './server.mjs';

const run = promisify(execFile);

/** Under Amazon's own licence: fetched for tests, never shipped. */
const VERSION = '3.3.1';
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nestjs-flamingock-tests');
const LIBRARIES = join(CACHE, `dynamodb-local-${VERSION}`);

/** @type {import('./binaries.mjs').Need} */
export const DYNAMODB = {
  server: 'DynamoDB Local',
  variable: 'DYNAMODB_URL',
  packages: ['openjdk-17-jre-headless', 'maven'],
  isMet: async () => Boolean(findProgram('java') && (existsSync(LIBRARIES) || findProgram('mvn'))),
};

/** Starts a DynamoDB Local of its own, which keeps its data in memory. */
export async function startDynamoDb() {
  await provide([DYNAMODB]);
  if (!existsSync(LIBRARIES)) await download();
  const dir = createScratch('dynamodb');
  const port = await freePort();
  return startServer({
    name: 'DynamoDB Local',
    dir,
    port,
    url: `http://127.0.0.1:${port}`,
    command: /** @type {string} */ (findProgram('java')),
    args: [
      '-Xms64m',
      '-Xmx256m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      `-Djava.io.tmpdir=${dir}`,
      `-Djava.library.path=${LIBRARIES}`,
      '-cp',
      join(LIBRARIES, '*'),
      'software.amazon.dynamodb.services.local.main.ServerRunner',
      '-port',
      String(port),
      '-sharedDb',
      '-inMemory',
      '-disableTelemetry',
    ],
    stopSignal: 'SIGTERM',
    ping: pingDynamoDb,
  });
}

/** @param {string} url */
export async function pingDynamoDb(url) {
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  try {
    await client.send(new ListTablesCommand({}), { abortSignal: AbortSignal.timeout(5_000) });
  } finally {
    client.destroy();
  }
}

/** Complete or not there: other runs may be at it at the same moment. */
async function download() {
  console.error('Fetching DynamoDB Local for the tests…');
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'download-'));
  try {
    writeFileSync(join(folder, 'pom.xml'), POM);
    const goal = ['-q', '-B', '-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies'];
    await run(/** @type {string} */ (findProgram('mvn')), [...goal, '-DoutputDirectory=libs']);
    renameSync(join(folder, 'libs'), LIBRARIES);
  } catch (error) {
    if (!existsSync(LIBRARIES)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>nestjs-flamingock</groupId>
  <artifactId>dynamodb-local</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>software.amazon.dynamodb</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
