import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import { TargetSystemError } from '../../../core/model/errors.js';
import { pluralize } from '../../../core/kit/text.js';
import { sayRefused, unlessAnswered } from '../connection/kafka-errors.js';

/** @throws TargetSystemError when there would be fewer partitions than there are */
export function refuseToShrink(topic: string, from: number, to: number): void {
  if (to >= from) return;
  throw new TargetSystemError(
    `Topic '${topic}' has ${pluralize(from, 'partition')}, and ${to} were asked for: Kafka takes no partition away.`,
    {
      fix: [
        `ask for ${from} or more`,
        'or make a topic of another name with fewer partitions, and move readers and writers to it',
      ],
    },
  );
}

const PAUSE_MS = 20;
const HEARD_MS = 10_000;

/**
 * Polls, at most 10 s, until `ask` resolves to true: a broker learns of what the controller did a moment after the answer. After 10 s
 * the wait ends without an error, because the controller has done it.
 */
export async function waitUntilPropagated(ask: () => Promise<boolean>): Promise<void> {
  for (const start = performance.now(); performance.now() - start < HEARD_MS; await sleep(PAUSE_MS))
    if (await ask()) return;
}

/**
 * Creates a topic, and resolves when the broker serves it. kafkajs could wait too, but fails where the broker does not know the topic yet.
 *
 * @returns false when somebody else has created it
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
    .catch(sayRefused(`give topic '${topic}' ${pluralize(total, 'partition')}`));
  await untilServed(admin, topic, total);
}

function untilServed(admin: Admin, topic: string, partitions: number): Promise<void> {
  return waitUntilPropagated(async () => {
    const found = await admin
      .fetchTopicMetadata({ topics: [topic] })
      .catch(unlessAnswered(undefined, 'UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'));
    const served = found?.topics[0]?.partitions ?? [];
    return served.length >= Math.max(partitions, 1) && served.every(({ leader }) => leader >= 0);
  });
}
