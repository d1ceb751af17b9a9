import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SchemaRegistryClient } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js';
import axios, { type AxiosInstance } from 'axios';
import type { Admin } from 'kafkajs';
import type { TargetSystem } from 'nestjs-flamingock/kit';
import { FileSystemClient, FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import { KAFKA_ADMIN, KafkaTargetSystem, KafkaTopics } from 'nestjs-flamingock/kafka';
import { MemoryAuditStore, PlainMemoryTargetSystem } from 'nestjs-flamingock/memory';
import { AXIOS_CLIENT, RestClient, RestTargetSystem } from 'nestjs-flamingock/rest';
import { S3Buckets, S3TargetSystem } from 'nestjs-flamingock/s3';
import { SchemaRegistry, SchemaRegistryTargetSystem } from 'nestjs-flamingock/schema-registry';
import { on } from '../../nest/support/failure.js';
import { serverUrl } from '../../support/databases.js';
import { s3Client, s3Keys } from '../../support/s3.js';
import { SECRET } from '../../unit/secret-shapes.js';
import { newPrefix, testKafka } from '../kafka/support/kafka-location.js';
import { startApi } from '../rest/api-server.js';
import { startProxy } from '../schema-registry/support/registry-proxy.js';
import { connect, newSubject, userSchema } from '../schema-registry/support/registry.js';
import type { SecretPlace } from './place.js';

/** A place whose audit is in memory. */
function servicePlace(
  target: TargetSystem,
  refused: SecretPlace['refused'],
  drop: () => Promise<void> = async () => undefined,
): SecretPlace {
  return { options: () => on(new MemoryAuditStore(), target), refused, drop };
}

export const memoryPlace = async (): Promise<SecretPlace> =>
  servicePlace(new PlainMemoryTargetSystem('there'), {});

const JAAS = `org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="${SECRET}";`;

export async function kafkaLocation(): Promise<SecretPlace> {
  const topic = `${newPrefix()}secrets`;
  const kafka = testKafka({ retry: { retries: 0 } });
  const configEntries = [{ name: 'sasl.jaas.config', value: JAAS }];
  const sasl = { mechanism: 'plain', username: 'app', password: SECRET } as const;
  return servicePlace(new KafkaTargetSystem('there', kafka), {
    'a setting of a topic that is none': {
      token: KAFKA_ADMIN,
      told: /Topic creation errors/,
      hidden: true,
      work: (admin: Admin) => admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] }),
    },
    'a setting of a recipe that is none': {
      token: KafkaTopics,
      told: /sasl\.jaas\.config|config/i,
      hidden: true,
      work: (topics: KafkaTopics) =>
        topics.ensureTopic({ topic, partitions: 1, configuration: { 'sasl.jaas.config': JAAS } }),
    },
    'a broker that knows no passwords': {
      token: KAFKA_ADMIN,
      told: /./,
      hidden: true,
      work: () =>
        testKafka({ sasl, retry: { retries: 0 } })
          .admin()
          .connect(),
    },
  });
}

const { schema } = userSchema({ name: 'password', type: 'string', default: SECRET });
const BROKEN = {
  schemaType: 'AVRO',
  schema: JSON.stringify(schema).replace('"record"', '"nonsense"'),
} as const;

/** Apicurio keeps schemas to itself; in front of it stands what repeats one that is refused, as Confluent's does. */
export async function registryPlace(): Promise<SecretPlace> {
  const message = `Input schema is an invalid Avro schema: ${JSON.stringify(BROKEN)}`;
  const proxy = await startProxy(({ method }) =>
    method === 'POST' ? { status: 422, body: { error_code: 42201, message } } : undefined,
  );
  const client = connect({ baseURLs: [proxy.url] });
  const subject = newSubject();
  return servicePlace(
    new SchemaRegistryTargetSystem('there', client),
    {
      'a schema that is none': {
        token: SchemaRegistry,
        told: /answered by 422 .*invalid Avro schema/,
        hidden: true,
        work: (registry: SchemaRegistry) => registry.register(subject, BROKEN),
      },
      'a schema that is none, by the library': {
        token: SchemaRegistryClient,
        told: /invalid Avro schema/,
        work: (library: SchemaRegistryClient) => library.register(subject, BROKEN),
      },
      'a schema that is none, of the registry itself': {
        told: /Syntax violation|Failed to discover|Error code: 42201/,
        hidden: true,
        work: () => connect().register(subject, BROKEN),
      },
    },
    () => proxy.down(),
  );
}

const SIGNED = [
  `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${SECRET}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=${SECRET}&X-Amz-Signature=${SECRET}`,
  `AWSAccessKeyId=${SECRET}&Expires=1&Signature=${SECRET}`,
];

export async function s3Place(): Promise<SecretPlace> {
  const wrong = s3Client(serverUrl('s3'), { credentials: { ...s3Keys(), secretAccessKey: SECRET } });
  const stranger = s3Client(serverUrl('s3'), {
    credentials: { accessKeyId: SECRET, secretAccessKey: SECRET },
  });
  const Bucket = 'nobody-has-this-bucket';
  const links = SIGNED.map((query, index): [string, SecretPlace['refused'][string]] => [
    `a signed link ${index}`,
    {
      told: /^Change .*\?(?:X-Amz|AWSAccessKeyId)/,
      work: async () => {
        const url = `${serverUrl('s3')}/${Bucket}/a?${query}`;
        const answer = await fetch(url);
        throw new Error(`GET ${url}: ${answer.status} ${await answer.text()}`);
      },
    },
  ]);
  return servicePlace(
    new S3TargetSystem('there', wrong),
    {
      'a wrong key, by a recipe': {
        token: S3Buckets,
        told: /answered by 403/,
        hidden: true,
        work: (buckets: S3Buckets) => buckets.ensureBucket(Bucket),
      },
      'a wrong key': {
        token: S3Client,
        told: /./,
        hidden: true,
        work: (client: S3Client) => client.send(new GetObjectCommand({ Bucket, Key: 'a' })),
      },
      'a key that nobody knows': {
        told: /./,
        hidden: true,
        work: () => stranger.send(new GetObjectCommand({ Bucket, Key: 'a' })),
      },
      ...Object.fromEntries(links),
    },
    async () => [wrong, stranger].forEach((client) => client.destroy()),
  );
}

export async function restPlace(): Promise<SecretPlace> {
  const api = await startApi(({ headers, url, body }, response) =>
    response
      .writeHead(500, { 'x-echo': `Bearer ${SECRET}` })
      .end(JSON.stringify({ headers, url, body, config: [{ name: 'api_key', value: SECRET }] })),
  );
  const instance = axios.create({
    baseURL: api.url,
    headers: { Authorization: `Bearer ${SECRET}`, Cookie: `a=${SECRET}`, 'X-Api-Key': SECRET },
  });
  const path = `/pay?access_token=${SECRET}`;
  return servicePlace(
    new RestTargetSystem('there', instance),
    {
      'an answer that repeats all that was sent': {
        token: RestClient,
        told: /answered by 500/,
        hidden: true,
        work: (client: RestClient) => client.post(path, { password: SECRET }),
      },
      'an error of axios': {
        token: AXIOS_CLIENT,
        told: /status code 500/,
        work: (client: AxiosInstance) =>
          client.post(path, { iban: SECRET }, { headers: { 'X-Any': SECRET } }),
      },
      'an answer that the change throws': {
        token: AXIOS_CLIENT,
        told: /api_key/,
        work: async (client: AxiosInstance) => {
          const { data } = await client.post<unknown>(path, { password: SECRET }, { validateStatus: null });
          throw data;
        },
      },
      'a URL with a password': {
        token: RestClient,
        told: /got no answer/,
        hidden: true,
        work: (client: RestClient) => client.get(`http://app:${SECRET}@127.0.0.1:1/`),
      },
    },
    () => api.close(),
  );
}

export async function folderPlace(): Promise<SecretPlace> {
  const root = await mkdtemp(join(tmpdir(), 'flamingock-secrets-'));
  const long = { title: 'x'.repeat(50), password: SECRET };
  await writeFile(join(root, 'short.json'), `{"password": ${SECRET}}`);
  await writeFile(join(root, 'long.json'), JSON.stringify(long, undefined, 2).replace(`"${SECRET}"`, SECRET));
  const read = (name: string) => ({
    token: FileSystemClient,
    told: /is not JSON/,
    work: (files: FileSystemClient) => files.readJson(name),
  });
  return servicePlace(
    new FileSystemTargetSystem('there', { root }),
    {
      'a short file that is no JSON': { ...read('short.json'), hidden: true },
      'a long file that is no JSON': { ...read('long.json'), hidden: true },
      'the text of a file': {
        token: FileSystemClient,
        told: /no use/,
        work: async (files: FileSystemClient) => {
          throw new Error('no use', { cause: await files.read('short.json') });
        },
      },
    },
    () => rm(root, { recursive: true }),
  );
}
