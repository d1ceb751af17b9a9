import { Apply, Change, Verify } from 'nestjs-flamingock';
import { KafkaTopics } from 'nestjs-flamingock/kafka';

const TOPIC = 'orders';

const EVENTS = [1, 2, 3].map((id) => ({ key: String(id), value: JSON.stringify({ id, status: 'new' }) }));

/** Those who read committed events see all three or none. What is on a topic can't be taken back, hence `rollback: 'none'`. */
@Change({
  id: 'seed-kafka-events',
  order: '0007',
  author: 'shop-team',
  targetSystem: 'events',
  stage: 'release',
  rollback: 'none',
})
export class SeedKafkaEvents {
  @Apply()
  async apply(topics: KafkaTopics): Promise<void> {
    await topics.ensureTopic({
      topic: TOPIC,
      partitions: 3,
      configuration: { 'retention.ms': 30 * 24 * 3_600_000 },
    });
    await topics.seedEvents(TOPIC, EVENTS);
  }

  @Verify()
  verify(topics: KafkaTopics): Promise<boolean> {
    return topics.hasEvents(TOPIC);
  }
}
