import type { Admin, ITopicConfig } from 'kafkajs';
import { counted } from './counted.js';
import { unlessAnswered } from './kafka-errors.js';
import { sayRefused } from './nothing-done.error.js';
import { untilHeard } from './until-heard.js';

/**
 * Makes a topic, and resolves when the broker serves it: kafkajs's own waiting fails where the broker has not heard of it yet.
 *
 * @returns false when somebody else has made it
 * @throws NothingDoneError when the broker refuses
 */
export async function makeTopic(admin: Admin, made: ITopicConfig): Promise<boolean> {
  const { topic, numPartitions = 1 } = made;
  const isOurs = await admin
    .createTopics({ waitForLeaders: false, topics: [made] })
    .catch(sayRefused(`make topic '${topic}'`));
  await untilServed(admin, topic, isOurs ? numPartitions : 1);
  return isOurs;
}

/** Gives a topic more partitions, and resolves when the broker serves them. @throws NothingDoneError when the broker refuses */
export async function growTopic(admin: Admin, topic: string, total: number): Promise<void> {
  await admin
    .createPartitions({ topicPartitions: [{ topic, count: total }] })
    .catch(sayRefused(`give topic '${topic}' ${counted(total, 'partition')}`));
  await untilServed(admin, topic, total);
}

function untilServed(admin: Admin, topic: string, partitions: number): Promise<void> {
  return untilHeard(async () => {
    const found = await admin
      .fetchTopicMetadata({ topics: [topic] })
      .catch(unlessAnswered(undefined, 'UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'));
    const served = found?.topics[0]?.partitions ?? [];
    return served.length >= Math.max(partitions, 1) && served.every(({ leader }) => leader >= 0);
  });
}
