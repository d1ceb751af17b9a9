import { Kafka, logLevel } from 'kafkajs';
import { KafkaObserver } from '../../systems/kafka/support/kafka-observer.js';
import type { KafkaSpec } from '../app/messages.js';

/** What there is of the effects on a broker: `change/part#attempt`, and for events one of these for each of them. */
export async function kafkaLeft({ brokers, effects }: KafkaSpec, namespace: string): Promise<string[]> {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const observer = await KafkaObserver.connect(kafka);
  try {
    const topics = await observer.topics(`${namespace}.`);
    return effects === 'topics' ? topics.map(nameOf) : await eventsOn(observer, topics);
  } finally {
    await observer.close();
  }
}

async function eventsOn(observer: KafkaObserver, topics: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const topic of topics)
    for (const { headers } of await observer.events(topic))
      found.push(nameOf(`${topic}.${String(headers?.['flamingock-attempt'])}`));
  return found;
}

function nameOf(topic: string): string {
  const [, change, part, attempt] = topic.split('.');
  return `${change}/${part}#${attempt}`;
}
