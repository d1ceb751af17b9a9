import type { ProducerConfig } from 'kafkajs';

/** How a Kafka target system works. */
export interface KafkaTargetSystemOptions {
  /**
   * How the producer under `KAFKA_PRODUCER` is made.
   *
   * @default { idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false }
   */
  readonly producer?: ProducerConfig;
  /**
   * After how long, in milliseconds, the broker gives up the transaction of a process that died while it seeded events.
   * Until then, or until a newer attempt ends it, readers of committed events wait behind it.
   *
   * @default 60000
   */
  readonly transactionTimeoutMs?: number;
  /** How long reading a topic may stand still while events are looked for, in milliseconds. @default 30000 */
  readonly readTimeoutMs?: number;
}
