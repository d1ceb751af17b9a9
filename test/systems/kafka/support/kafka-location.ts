import { randomBytes } from 'node:crypto';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { serverUrl } from '../../../support/databases.js';

/** A client of the shared broker, which says nothing in the log of the tests. */
export function testKafka(config: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({ brokers: serverUrl('kafka').split(','), logLevel: logLevel.NOTHING, ...config });
}

/** The beginning of the names of what a test file makes on the broker. */
export function newPrefix(): string {
  return `t${process.env.JEST_WORKER_ID ?? '0'}-${randomBytes(5).toString('hex')}-`;
}
