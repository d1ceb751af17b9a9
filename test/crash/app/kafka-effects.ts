import { Kafka, logLevel } from 'kafkajs';
import type { Clients, TargetSystem } from '../../../lib/core/model/target-system.js';
import { KafkaTargetSystem, KafkaTopics } from '../../../lib/systems/kafka/index.js';
import type { Effects, EffectsOf } from './effects.js';
import type { KafkaSpec } from './messages.js';

const PARTS = ['first', 'second'];

/** Connects, when the first change comes. */
export function openKafka(
  id: string,
  { brokers, effects }: KafkaSpec,
  namespace: string,
): { readonly system: TargetSystem; readonly effects: EffectsOf } {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const Effects = effects === 'topics' ? TopicEffects : EventEffects;
  return {
    system: new KafkaTargetSystem(id, kafka),
    effects: (clients, changeId) => new Effects(topicsOf(clients), namespace, changeId),
  };
}

function topicsOf(clients: Clients): KafkaTopics {
  return clients.find(({ token }) => token === KafkaTopics)?.instance as KafkaTopics;
}

abstract class KafkaEffects implements Effects {
  constructor(
    protected readonly topics: KafkaTopics,
    protected readonly namespace: string,
    protected readonly changeId: string,
  ) {}

  abstract add(part: string, attempt: number): Promise<void>;
  abstract remove(part: string): Promise<void>;
  protected abstract has(part: string): Promise<boolean>;

  async parts(): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const part of PARTS) if (await this.has(part)) found.add(part);
    return found;
  }

  async createTable(): Promise<void> {
    throw new Error('Kafka has no tables');
  }
}

/** The most attempts that a row of the table of scenarios makes. */
const ATTEMPTS = [1, 2, 3];

/** Effects as topics: `<namespace>.<change>.<part>.<attempt>`. */
class TopicEffects extends KafkaEffects {
  add(part: string, attempt: number): Promise<void> {
    return this.topics.ensureTopic({ topic: this.#topic(part, attempt), partitions: 1 });
  }

  async remove(part: string): Promise<void> {
    for (const attempt of ATTEMPTS)
      await this.topics.deleteTopic(this.#topic(part, attempt), { allowDelete: true });
  }

  protected async has(part: string): Promise<boolean> {
    const found = await Promise.all(
      ATTEMPTS.map((attempt) => this.topics.describeTopic(this.#topic(part, attempt))),
    );
    return found.some((topic) => topic !== undefined);
  }

  #topic(part: string, attempt: number): string {
    return `${this.namespace}.${this.changeId}.${part}.${attempt}`;
  }
}

/** Effects as events, the same in every attempt: on the topic `<namespace>.<change>.<part>`. */
class EventEffects extends KafkaEffects {
  async add(part: string): Promise<void> {
    const topic = this.#topic(part);
    await this.topics.ensureTopic({ topic, partitions: 1 });
    await this.topics.seedEvents(topic, [
      { key: '1', value: 'one' },
      { key: '2', value: 'two' },
    ]);
  }

  remove(): Promise<void> {
    return Promise.reject(new Error('events stay'));
  }

  protected has(part: string): Promise<boolean> {
    return this.topics.hasEvents(this.#topic(part));
  }

  #topic(part: string): string {
    return `${this.namespace}.${this.changeId}.${part}`;
  }
}
