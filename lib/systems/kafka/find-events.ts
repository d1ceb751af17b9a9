import { randomUUID } from 'node:crypto';
import type { Admin, IHeaders } from 'kafkajs';
import { connectedDuring } from './lazy-connection.js';
import type { KafkaSession } from './kafka-session.js';
import { readPartitions, type UnreadPartition } from './read-partitions.js';
import { describeTopic } from './topic-description.js';
import { within } from './within.js';

/** How long the broker is asked to forget a group of consumers, in milliseconds. */
const FORGET_MS = 5_000;

/** What is looked for. */
export interface Wanted {
  readonly topic: string;
  readonly since?: Date;
  matches(headers: IHeaders | undefined): boolean;
}

/**
 * Whether there is a committed event that matches, among those that are on the topic now. Reads the topic.
 *
 * What a former attempt of the change left open is ended before: it can commit nothing after this has looked.
 */
export async function hasEvent(session: KafkaSession, wanted: Wanted): Promise<boolean> {
  const { admin, seeder, producer, readTimeoutMs } = session;
  if (!(await describeTopic(admin, wanted.topic))) return false;
  await producer?.fence();
  const partitions = await session.withAdmin((own) => unreadPartitions(own, wanted));
  if (partitions.length === 0) return false;
  const groupId = `flamingock.${seeder.namespace}.${randomUUID()}`;
  try {
    return await connectedDuring(session.consumer(groupId), (consumer) =>
      readPartitions(consumer, { ...wanted, partitions, readTimeoutMs }),
    );
  } finally {
    // An empty group is of no use to anybody; a broker that is not there forgets it by itself, later.
    await within(
      FORGET_MS,
      admin.deleteGroups([groupId]).catch(() => {}),
    );
  }
}

async function unreadPartitions(admin: Admin, { topic, since }: Wanted): Promise<UnreadPartition[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  const later = since ? await admin.fetchTopicOffsetsByTimestamp(topic, since.getTime()) : [];
  return offsets
    .map(({ partition, low, high }) => {
      const from = later.find((entry) => entry.partition === partition)?.offset ?? low;
      return { partition, from: BigInt(from), to: BigInt(high) };
    })
    .filter(({ from, to }) => from < to);
}
