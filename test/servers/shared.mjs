import { provide } from './binaries.mjs';
import { COUCHBASE, pingCouchbase, startCouchbase } from './couchbase.mjs';
import { DYNAMODB, pingDynamoDb, startDynamoDb } from './dynamodb.mjs';
import { KAFKA, pingKafka, startKafka } from './kafka.mjs';
import { MARIADB, pingMariaDb, startMariaDb } from './mariadb.mjs';
import { MONGODB, pingMongoDb, startMongoDb } from './mongodb.mjs';
import { pingPostgres, POSTGRES, startPostgres } from './postgres.mjs';
import { pingS3, S3, S3_KEYS, startS3 } from './s3.mjs';
import { S3_MOCK, startS3Mock } from './s3-mock.mjs';
import { pingSchemaRegistry, SCHEMA_REGISTRY, startSchemaRegistry } from './schema-registry.mjs';
import { sweepScratch } from './scratch.mjs';

/** Beside the address of the S3 server: who may use it. */
const S3_VARIABLES = ['S3_ACCESS_KEY', 'S3_SECRET_KEY'];

/** What a test run can share, by the name that FLAMINGOCK_TEST_SERVERS uses. */
const SERVERS = {
  postgres: { need: POSTGRES, start: startPostgres, ping: pingPostgres },
  mariadb: { need: MARIADB, start: startMariaDb, ping: pingMariaDb },
  mongodb: { need: MONGODB, start: startMongoDb, ping: pingMongoDb },
  dynamodb: { need: DYNAMODB, start: startDynamoDb, ping: pingDynamoDb },
  s3: { need: S3, start: startS3, ping: pingS3 },
  's3-mock': { need: S3_MOCK, start: startS3Mock, ping: pingS3 },
  kafka: { need: KAFKA, start: startKafka, ping: pingKafka },
  'schema-registry': { need: SCHEMA_REGISTRY, start: startSchemaRegistry, ping: pingSchemaRegistry },
  couchbase: { need: COUCHBASE, start: startCouchbase, ping: pingCouchbase },
};

/**
 * Starts, side by side, the servers that FLAMINGOCK_TEST_SERVERS names (a comma list, or `none`; all of them by
 * default), except those that a variable such as POSTGRES_URL points to already. Puts their addresses into
 * `process.env`.
 * @returns {Promise<{ urls: Record<string, string>, stop: () => Promise<void> }>}
 */
export async function startSharedServers() {
  sweepScratch();
  const wanted = chosen();
  const given = wanted.filter(({ need }) => process.env[need.variable]);
  await Promise.all(given.map(checkGiven));
  const missing = wanted.filter((server) => !given.includes(server));
  await provide(missing.map(({ need }) => need));

  const started = await Promise.allSettled(missing.map(({ start }) => start()));
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => void (await Promise.all(servers.map((server) => server.stop())));
  const failures = started.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (failures.length > 0) {
    await stop();
    throw failures.length === 1 ? failures[0] : new AggregateError(failures, failures.map(String).join('\n'));
  }
  missing.forEach(({ need }, index) => (process.env[need.variable] = servers[index]?.url));
  if (wanted.some(({ need }) => need === S3)) setS3Keys(missing.some(({ need }) => need === S3));
  const variables = wanted.flatMap(({ need }) =>
    need === S3 ? [S3.variable, ...S3_VARIABLES] : need.variable,
  );
  return { urls: Object.fromEntries(variables.map((name) => [name, process.env[name] ?? ''])), stop };
}

/**
 * Whoever uses the server needs its keys too, such as the sample app with nothing but what is printed.
 * @param {boolean} ours the server was started here, where nobody else's keys are good
 */
function setS3Keys(ours) {
  const given = ours ? {} : process.env;
  process.env.S3_ACCESS_KEY = given.S3_ACCESS_KEY ?? S3_KEYS.accessKeyId;
  process.env.S3_SECRET_KEY = given.S3_SECRET_KEY ?? S3_KEYS.secretAccessKey;
}

function chosen() {
  const list = process.env.FLAMINGOCK_TEST_SERVERS ?? Object.keys(SERVERS).join(',');
  if (list.trim() === 'none') return [];
  return list.split(',').map((name) => {
    const server = SERVERS[/** @type {keyof typeof SERVERS} */ (name.trim())];
    if (!server) {
      throw new Error(
        `FLAMINGOCK_TEST_SERVERS names "${name}"; known are: none, ${Object.keys(SERVERS).join(', ')}.`,
      );
    }
    return server;
  });
}

/** @param {{ need: import('./binaries.mjs').Need, ping: (url: string) => Promise<void> }} server */
async function checkGiven({ need, ping }) {
  try {
    await ping(/** @type {string} */ (process.env[need.variable]));
  } catch (error) {
    throw new Error(
      `${need.variable} is set, but no ${need.server} answers there. To fix: correct it, or unset it.`,
      {
        cause: error,
      },
    );
  }
}
