import type { Admin, Consumer, ConsumerConfig, Kafka, Producer, ProducerConfig, Transaction } from 'kafkajs';
import type { AttemptScope } from '../../../core/model/target-system.js';
import type { KafkaTargetSystemOptions } from '../kafka-options.js';
import type { KafkaSession } from './kafka-session.js';
import { type CallPolicy, guardedClient, patientCalls } from './guarded-client.js';
import { type Connectable, connectedDuring, LazyConnection, within } from './lazy-connection.js';
import { quietProducer, SeedingProducer } from './seeding-producer.js';

/** How long closing may take, in milliseconds: a handler of a consumer may never return. */
const CLOSE_MS = 10_000;

/** A consumer stops only after its last fetch was answered, so a fetch that finds nothing waits no longer than this, in milliseconds. */
const READING = { allowAutoTopicCreation: false, maxWaitTimeInMs: 100 };

/** The connections of one attempt to a cluster. */
export class KafkaConnections {
  readonly #closing: (() => Promise<unknown>)[] = [];
  readonly #transactions = new Set<Transaction>();

  readonly #kafka: Kafka;
  readonly #options: KafkaTargetSystemOptions;
  readonly #policy: CallPolicy;

  constructor(kafka: Kafka, options: KafkaTargetSystemOptions, policy: CallPolicy) {
    this.#kafka = kafka;
    this.#options = options;
    this.#policy = policy;
  }

  /** The app's `Kafka`; every client that it makes is guarded, and disconnected when the attempt ends. */
  guardedKafka(): Kafka {
    const made: Partial<Kafka> = {
      admin: (config) => this.#guarded('admin', this.#tracked(this.#kafka.admin(config))),
      producer: (config?: ProducerConfig) =>
        this.#guarded('producer', this.#tracked(this.#kafka.producer(config))),
      consumer: (config: ConsumerConfig) =>
        this.#guarded('consumer', this.#tracked(this.#kafka.consumer(config))),
    };
    return new Proxy(this.#kafka, {
      get: (kafka, name, receiver): unknown =>
        Object.hasOwn(made, name) ? Reflect.get(made, name) : Reflect.get(kafka, name, receiver),
    });
  }

  /** Connected when it is first used. */
  guardedAdmin(): Admin {
    return this.#lazilyGuarded('admin', () => this.#kafka.admin());
  }

  /** Connected when it is first used. */
  guardedProducer(): Producer {
    const { producer } = this.#options;
    const config = { idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false };
    return this.#lazilyGuarded('producer', () => quietProducer(this.#kafka, producer ?? config));
  }

  /** The session of recipes. Its clients are not guarded: each recipe passes the gate as a whole. */
  session(scope: AttemptScope, { reading = false }: { readonly reading?: boolean } = {}): KafkaSession {
    const { transactionTimeoutMs, readTimeoutMs = 30_000 } = this.#options;
    const producer = new SeedingProducer(this.#kafka, scope, transactionTimeoutMs);
    this.#closing.push(() => producer.close());
    const admin = this.#lazy(() => this.#kafka.admin());
    return {
      admin: guardedClient<Admin>({
        kind: 'admin',
        policy: patientCalls(),
        client: () => admin.client,
        ready: () => admin.connect(),
      }),
      ...(reading ? {} : { producer }),
      withAdmin: (work) => connectedDuring(this.#tracked(this.#kafka.admin()), work),
      seeder: scope,
      readTimeoutMs,
      consumer: (groupId) => this.#tracked(this.#kafka.consumer({ ...READING, groupId })),
      guard: () => scope.guard(),
    };
  }

  /** Runs the work of the attempt, then ends transactions that were left open and disconnects all. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      await this.#close();
    }
  }

  /** What fails to close is left to the broker. */
  async #close(): Promise<void> {
    const open = [...this.#transactions].filter((transaction) => transaction.isActive());
    await within(CLOSE_MS, Promise.allSettled(open.map((transaction) => transaction.abort())));
    await within(CLOSE_MS, Promise.allSettled(this.#closing.map((close) => close())));
  }

  #tracked<C extends Connectable>(client: C): C {
    this.#closing.push(() => client.disconnect());
    return client;
  }

  #lazy<C extends Connectable>(make: () => C): LazyConnection<C> {
    const connection = new LazyConnection(make);
    this.#closing.push(() => connection.disconnect());
    return connection;
  }

  #lazilyGuarded<C extends Admin | Producer>(kind: 'admin' | 'producer', make: () => C): C {
    const connection = this.#lazy(make);
    return guardedClient<C>({
      kind,
      policy: this.#policy,
      client: () => connection.client,
      ready: () => connection.connect(),
      instead: { connect: () => connection.connect(), disconnect: () => connection.disconnect() },
      wrap: (method, result) => this.#wrapped(method, result),
    });
  }

  #guarded<C extends Admin | Producer | Consumer>(kind: 'admin' | 'producer' | 'consumer', client: C): C {
    return guardedClient<C>({
      kind,
      policy: this.#policy,
      client: () => client,
      wrap: (method, result) => this.#wrapped(method, result),
    });
  }

  #wrapped(method: string, result: unknown): unknown {
    if (method !== 'transaction') return result;
    const transaction = result as Transaction;
    this.#transactions.add(transaction);
    return guardedClient<Transaction>({
      kind: 'transaction',
      policy: this.#policy,
      client: () => transaction,
    });
  }
}
