import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { findProgram, provide } from './binaries.mjs';
import { fetchJars, hasJars } from './maven.mjs';
import { createScratch } from './scratch.mjs';
import { freePort, startServer } from './server.mjs';

/**
 * Under Amazon's own licence: fetched for tests, never shipped.
 * @type {import('./maven.mjs').Jars}
 */
const JARS = {
  server: 'DynamoDB Local',
  group: 'software.amazon.dynamodb',
  artifact: 'DynamoDBLocal',
  version: '3.3.1',
  folder: 'dynamodb-local-3.3.1',
};

/** @type {import('./binaries.mjs').Need} */
export const DYNAMODB = {
  server: 'DynamoDB Local',
  variable: 'DYNAMODB_URL',
  packages: ['openjdk-17-jre-headless', 'maven'],
  isMet: async () => hasJars(JARS),
};

/** Starts a DynamoDB Local of its own, which keeps its data in memory. */
export async function startDynamoDb() {
  await provide([DYNAMODB]);
  const libraries = await fetchJars(JARS);
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
      `-Djava.library.path=${libraries}`,
      '-cp',
      join(libraries, '*'),
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
