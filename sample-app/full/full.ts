import { S3Client } from '@aws-sdk/client-s3';
import { SchemaRegistryClient } from '@confluentinc/schemaregistry';
import type { Type } from '@nestjs/common';
import { KafkaTargetSystem } from 'nestjs-flamingock/kafka';
import { S3TargetSystem } from 'nestjs-flamingock/s3';
import { SchemaRegistryTargetSystem } from 'nestjs-flamingock/schema-registry';
import { catalogIn } from '../catalog/catalog.js';
import { PublishLogo } from '../changes/publish-logo.js';
import { SeedKafkaEvents } from '../changes/seed-kafka-events.js';
import { UpdateKafkaSchema } from '../changes/update-kafka-schema.js';
import type { Extras } from '../extras.js';
import { MongoDb } from '../mongodb/mongodb.js';
import { ClientsModule, KAFKA } from './clients.js';
import type { Servers } from './servers.js';

/** What `--full` adds to the shop. */
export const FULL_CHANGES: readonly Type[] = [UpdateKafkaSchema, SeedKafkaEvents, PublishLogo];

/** The shop on PostgreSQL, its catalog and the audit of everything in MongoDB, and Kafka, a schema registry and S3 besides. */
export function fullOn(servers: Servers, shopFolder: string): Extras {
  const kept = () => Promise.resolve();
  const catalog = catalogIn(new MongoDb(servers.address('MONGODB_URL'), 'shop', shopFolder, kept));
  return {
    ...catalog,
    database: { type: 'postgres', url: servers.address('POSTGRES_URL') },
    imports: [...(catalog.imports ?? []), ClientsModule.of(servers)],
    targetSystems: [
      ...(catalog.targetSystems ?? []),
      KafkaTargetSystem.inject('events', KAFKA),
      SchemaRegistryTargetSystem.inject('schemas', SchemaRegistryClient),
      S3TargetSystem.inject('assets', S3Client),
    ],
    providers: [...(catalog.providers ?? []), ...FULL_CHANGES],
  };
}
