import { randomUUID } from 'node:crypto';
import type { Admin, Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { guardedClient, patientCalls } from '../../../../lib/systems/kafka/connection/guarded-client.js';
import { connectedDuring } from '../../../../lib/systems/kafka/connection/lazy-connection.js';
import { eventually } from '../../../../lib/testing/waiting.js';

/** Looks at a broker around any target system. */
export class KafkaObserver {
  readonly #watched = new Map<string, TopicWatch>();

  private constructor(
    readonly kafka: Kafka,
    readonly admin: Admin,
  ) {}

  static async connect(kafka: Kafka): Promise<KafkaObserver> {
    const admin = kafka.admin();
    await admin.connect();
    // Other test files make and delete topics at the same time.
    const patient = guardedClient<Admin>({ kind: 'admin', policy: patientCalls(), client: () => admin });
    return new KafkaObserver(kafka, patient);
  }

  async topics(prefix: string): Promise<string[]> {
    const all = await this.admin.listTopics();
    return all.filter((topic) => topic.startsWith(prefix)).sort();
  }

  /** The topics that there are rights on. */
  async rights(prefix: string): Promise<string[]> {
    const any = { resourcePatternType: 1, operation: 1, permissionType: 1 };
    const { resources } = await this.admin.describeAcls({ resourceType: 2, ...any });
    return resources.map(({ resourceName }) => resourceName).filter((name) => name.startsWith(prefix));
  }

  /** All committed events of a topic with one partition. */
  async events(topic: string): Promise<readonly KafkaMessage[]> {
    if (!(await this.admin.listTopics()).includes(topic)) return [];
    const [offsets] = await this.#offsets(topic);
    if (!offsets || offsets.high === offsets.low) return [];
    const watch = this.#watched.get(topic) ?? (await TopicWatch.start(this.kafka, topic));
    this.#watched.set(topic, watch);
    return watch.upTo(BigInt(offsets.high));
  }

  /** By a client of its own: kafkajs keeps the topic in mind, and fails when it is gone. */
  async #offsets(topic: string) {
    return connectedDuring(this.kafka.admin(), (admin) => admin.fetchTopicOffsets(topic));
  }

  /** Removes the topics of a test file. */
  async drop(prefix: string): Promise<void> {
    const topics = await this.topics(prefix);
    if (topics.length > 0) await this.admin.deleteTopics({ topics });
    await this.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#watched.values()].map((watch) => watch.stop()));
    await this.admin.disconnect();
  }
}

class TopicWatch {
  readonly #events: KafkaMessage[] = [];
  #next = 0n;

  private constructor(private readonly consumer: Consumer) {}

  static async start(kafka: Kafka, topic: string): Promise<TopicWatch> {
    const consumer = kafka.consumer({ groupId: `observer-${randomUUID()}`, maxWaitTimeInMs: 100 });
    const watch = new TopicWatch(consumer);
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      watch.#next = BigInt(payload.lastOffset) + 1n;
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => void watch.#events.push(...batch.messages),
    });
    return watch;
  }

  async upTo(offset: bigint): Promise<readonly KafkaMessage[]> {
    await eventually(`the events before ${offset}`, async () => this.#next >= offset);
    return [...this.#events];
  }

  stop(): Promise<void> {
    return this.consumer.disconnect();
  }
}
