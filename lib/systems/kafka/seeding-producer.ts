import type { Kafka, Message, Producer, Transaction } from 'kafkajs';
import type { AttemptScope } from '../../core/target-system.js';
import { eventBatches } from './event-batches.js';
import { quietProducer } from './quiet-producer.js';

/** How the transactions of a change are told apart. */
export type Transactor = Pick<AttemptScope, 'namespace' | 'changeId'>;

/** What is to be written to a topic, all or none. */
export interface Seed {
  readonly topic: string;
  readonly messages: readonly Message[];
  /** The largest batch that the topic takes, in bytes. @default the broker's own limit is taken to be 1 MiB */
  readonly largestBatch?: number;
  /** Asked before each step that takes effect; throws when there must be none any more. */
  guard(): void;
}

/**
 * The one producer that seeds the events of a change, over all its attempts: the broker knows it by its transactional id,
 * and shuts out an older one as soon as a newer one begins.
 */
export class SeedingProducer {
  #producer: Producer | undefined;
  #begun: Promise<Transaction> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly transactor: Transactor,
    private readonly transactionTimeout: number | undefined,
  ) {}

  /** Ends, at the broker, whatever another producer of this change has left open. It can commit nothing any more. */
  async fence(): Promise<void> {
    await this.#transaction();
  }

  /** Writes messages to a topic, all or none. Readers of committed events see them when this resolves. */
  async send({ topic, messages, largestBatch, guard }: Seed): Promise<void> {
    const transaction = await this.#transaction();
    this.#begun = undefined;
    try {
      for (const batch of eventBatches(messages, largestBatch)) {
        guard();
        await transaction.send({ topic, messages: batch });
      }
      guard();
    } catch (error) {
      await transaction.abort().catch(() => {});
      throw error;
    }
    await transaction.commit();
    // Readers see it a moment later; another producer begins when they do.
    await this.close();
    await this.fence();
  }

  /** Disconnects; the next call is another producer's. */
  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    this.#begun = undefined;
    await producer?.disconnect();
  }

  /** One that nothing has been sent in. */
  #transaction(): Promise<Transaction> {
    return (this.#begun ??= this.#begin().catch((error: unknown) => {
      this.#begun = undefined;
      throw error;
    }));
  }

  async #begin(): Promise<Transaction> {
    if (!this.#producer) {
      const { namespace, changeId } = this.transactor;
      this.#producer = quietProducer(this.kafka, {
        transactionalId: `flamingock.${namespace}.${changeId}`,
        transactionTimeout: this.transactionTimeout,
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
      });
    }
    await this.#producer.connect();
    return this.#producer.transaction();
  }
}
