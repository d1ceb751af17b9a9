import type { Kafka } from 'kafkajs';
import type { Clients } from 'nestjs-flamingock/kit';
import { KafkaTargetSystem, type KafkaTargetSystemOptions, type KafkaTopics } from 'nestjs-flamingock/kafka';
import type { PreviewedOperation } from '../../../../lib/core/model/recipe.js';
import type { AttemptScope } from '../../../../lib/core/model/target-system.js';
import { makeTopic } from '../../../../lib/systems/kafka/topics/make-topic.js';
import { attemptScope } from '../../../../lib/testing/target-system/attempt-scope.sample.js';
import { topicsOf } from './clients.js';
import { newPrefix, testKafka } from './kafka-location.js';
import { KafkaObserver } from './kafka-observer.js';

/** What the tests of a file share. */
export class KafkaBench {
  readonly prefix = newPrefix();
  #count = 0;

  private constructor(
    readonly kafka: Kafka,
    readonly observer: KafkaObserver,
  ) {}

  static async start(kafka: Kafka = testKafka()): Promise<KafkaBench> {
    return new KafkaBench(kafka, await KafkaObserver.connect(kafka));
  }

  /** The same, for the changes of an app with another client. */
  with(kafka: Kafka): KafkaBench {
    return new KafkaBench(kafka, this.observer);
  }

  stop(): Promise<void> {
    return this.observer.drop(this.prefix);
  }

  /** The name of a topic that no other test has. */
  name(): string {
    return `${this.prefix}${(this.#count += 1)}`;
  }

  /** A topic of a test's own. */
  async topic(config: Readonly<Record<string, string>> = {}, numPartitions = 1): Promise<string> {
    const topic = this.name();
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await makeTopic(this.observer.admin, { topic, numPartitions, configEntries });
    return topic;
  }

  target(options?: KafkaTargetSystemOptions): KafkaTargetSystem {
    return new KafkaTargetSystem('events', this.kafka, options);
  }

  /** An attempt of a change, on a target system of its own: as another process would make it. */
  attempt<T>(
    work: (topics: KafkaTopics, clients: Clients) => Promise<T>,
    scope: Partial<AttemptScope> = {},
    options?: KafkaTargetSystemOptions,
  ): Promise<T> {
    return this.target(options).connect(this.scope(scope), (clients) => work(topicsOf(clients), clients));
  }

  /** Changes of this file have a namespace of their own. */
  scope(scope: Partial<AttemptScope> = {}): AttemptScope {
    return attemptScope({ namespace: this.prefix, ...scope });
  }

  async preview(work: (clients: Clients) => Promise<unknown>): Promise<PreviewedOperation[]> {
    const noted: PreviewedOperation[] = [];
    await this.target().preview(
      this.scope(),
      (operation) => void noted.push(operation),
      async (clients) => void (await work(clients)),
    );
    return noted;
  }

  /** What a topic has of its own. */
  async overrides(topic: string): Promise<Record<string, string>> {
    return this.attempt(async (topics) => ({ ...(await topics.describeTopic(topic))?.overrides }));
  }
}
