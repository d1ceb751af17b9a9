import {
  type Kafka,
  type Message,
  Partitioners,
  type Producer,
  type ProducerConfig,
  type Transaction,
} from 'kafkajs';
import type { AttemptScope } from '../../../core/model/target-system.js';

/** Identifies a change among those of all apps that use the cluster. */
export type Transactor = Pick<AttemptScope, 'storeId' | 'namespace' | 'changeId'>;

/** A producer of the app's `Kafka`. Names the partitioner, because kafkajs otherwise warns the app about its default. */
export function quietProducer(kafka: Kafka, config: ProducerConfig): Producer {
  return kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, ...config });
}

/** In bytes. A broker takes batches of up to 1 MiB by default; this leaves room for what is not counted here. */
const LARGEST_BATCH = 512 * 1024;

/** What the protocol adds to a batch, to an event and to a header at most, in bytes. */
const BATCH_BYTES = 61;
const EVENT_BYTES = 36;
const HEADER_BYTES = 10;

/**
 * Splits messages, in order, into batches that a broker takes: kafkajs sends all messages for a partition as one batch. A message that
 * is too large is alone in its batch, and the broker refuses it.
 *
 * @param largest - the largest batch that the topic takes, in bytes
 */
function* eventBatches(messages: readonly Message[], largest = LARGEST_BATCH): Generator<Message[]> {
  const limit = Math.min(largest, LARGEST_BATCH) - BATCH_BYTES;
  let [batch, size]: [Message[], number] = [[], 0];
  for (const message of messages) {
    const bytes = bytesOf(message);
    if (batch.length > 0 && size + bytes > limit) {
      yield batch;
      [batch, size] = [[], 0];
    }
    batch.push(message);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}

function bytesOf({ key, value, headers = {} }: Message): number {
  const inHeaders = Object.entries(headers).map(
    ([name, content]) => HEADER_BYTES + Buffer.byteLength(name) + lengthOf(content?.toString()),
  );
  return inHeaders.reduce((sum, bytes) => sum + bytes, EVENT_BYTES + lengthOf(key) + lengthOf(value));
}

function lengthOf(content: string | Buffer | null | undefined): number {
  return content === null || content === undefined ? 0 : Buffer.byteLength(content);
}

/** Messages to write to a topic in one transaction. */
export interface Seed {
  readonly topic: string;
  readonly messages: readonly Message[];
  /** The largest batch that the topic takes, in bytes. @default 1 MiB, the default of brokers */
  readonly largestBatch?: number;
  /** Asked before each send and before the commit. @throws when it must not happen */
  guard(): void;
}

/**
 * The producer that seeds the events of a change. All attempts of the change share one transactional id, so the broker shuts out an
 * older producer as soon as a newer one begins.
 */
export class SeedingProducer {
  #producer: Producer | undefined;
  #begun: Promise<Transaction> | undefined;

  readonly #kafka: Kafka;
  readonly #transactor: Transactor;
  readonly #transactionTimeout: number | undefined;

  constructor(kafka: Kafka, transactor: Transactor, transactionTimeout: number | undefined) {
    this.#kafka = kafka;
    this.#transactor = transactor;
    this.#transactionTimeout = transactionTimeout;
  }

  /** Makes the broker abort the open transaction of any other producer of this change, which can then commit nothing. */
  async fence(): Promise<void> {
    await this.#transaction();
  }

  /** Writes messages to a topic, all or none. When this resolves, readers of committed events see them. */
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
    // Readers see a commit a moment later. The broker lets another producer begin only then, so a new one is awaited.
    await this.close();
    await this.fence();
  }

  /** Disconnects; the next call makes a new producer. */
  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    this.#begun = undefined;
    await producer?.disconnect();
  }

  /** An open transaction without messages. */
  #transaction(): Promise<Transaction> {
    return (this.#begun ??= this.#begin().catch((error: unknown) => {
      this.#begun = undefined;
      throw error;
    }));
  }

  async #begin(): Promise<Transaction> {
    if (!this.#producer) {
      this.#producer = quietProducer(this.#kafka, {
        transactionalId: transactionalIdOf(this.#transactor),
        transactionTimeout: this.#transactionTimeout,
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
      });
    }
    await this.#producer.connect();
    return this.#producer.transaction();
  }
}

/** Encodes dots, so that no two changes have the same id. */
function transactionalIdOf({ storeId, namespace, changeId }: Transactor): string {
  return ['flamingock', storeId, namespace.replace(/[%.]/g, encodeDot), changeId].join('.');
}

function encodeDot(character: string): string {
  return character === '.' ? '%2E' : '%25';
}
