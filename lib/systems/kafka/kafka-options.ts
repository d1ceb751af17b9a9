import type { ProducerConfig } from 'kafkajs';

/** Asks for an admin client that is connected for the change: `@Client(KAFKA_ADMIN) admin: Admin`. */
export const KAFKA_ADMIN = 'kafka-admin';

/** Asks for a producer that is connected for the change: `@Client(KAFKA_PRODUCER) producer: Producer`. */
export const KAFKA_PRODUCER = 'kafka-producer';

/** How a Kafka target system works. */
export interface KafkaTargetSystemOptions {
  /**
   * How the producer under `KAFKA_PRODUCER` is made.
   *
   * @default { idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false }
   */
  readonly producer?: ProducerConfig;
  /**
   * How long, in milliseconds, the broker keeps the transaction of a process that died while it seeded events. Until the broker
   * or a newer attempt ends it, readers of committed events wait behind it.
   *
   * @default 60000
   */
  readonly transactionTimeoutMs?: number;
  /** How long, in milliseconds, reading a topic may make no progress while events are searched. @default 30000 */
  readonly readTimeoutMs?: number;
}
