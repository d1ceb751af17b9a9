import { S3Client } from '@aws-sdk/client-s3';
import { SchemaRegistryClient } from '@confluentinc/schemaregistry';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import kafkajs from 'kafkajs';
import { Servers } from './servers.js';

/** Token of the shop's Kafka. */
export const KAFKA = Symbol('KAFKA');

/** The clients that the shop itself uses; its changes get the same ones, guarded. */
@Global()
@Module({})
export class ClientsModule {
  static of(servers: Servers): DynamicModule {
    const providers = [
      { provide: Servers, useValue: servers },
      { provide: KAFKA, useValue: kafkaAt(servers) },
      { provide: SchemaRegistryClient, useValue: registryAt(servers) },
      { provide: S3Client, useValue: s3At(servers) },
    ];
    return { module: ClientsModule, providers, exports: providers };
  }
}

function kafkaAt(servers: Servers): kafkajs.Kafka {
  const brokers = servers.address('KAFKA_BROKERS').split(',');
  // At a higher level it tells each retry as an error, and a new topic's leader takes some.
  return new kafkajs.Kafka({ clientId: 'shop', brokers, logLevel: kafkajs.logLevel.NOTHING });
}

function registryAt(servers: Servers): SchemaRegistryClient {
  return new SchemaRegistryClient({ baseURLs: [servers.address('SCHEMA_REGISTRY_URL')] });
}

function s3At(servers: Servers): S3Client {
  return new S3Client({
    endpoint: servers.address('S3_URL'),
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: {
      accessKeyId: servers.address('S3_ACCESS_KEY'),
      secretAccessKey: servers.address('S3_SECRET_KEY'),
    },
  });
}
