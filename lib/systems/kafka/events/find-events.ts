import { randomUUID } from 'node:crypto';
import type { Admin, Consumer, IHeaders } from 'kafkajs';
import { TargetSystemError } from '../../../core/model/errors.js';
import { connectedDuring, within } from '../connection/lazy-connection.js';
import type { KafkaSession } from '../connection/kafka-session.js';
import { describeTopic } from '../topics/topic-description.js';

/** A range of offsets of a partition: from `from` to before `to`. */
export interface UnreadPartition {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** What to read, and how an event is recognised. */
export interface Reading {
  readonly topic: string;
  readonly partitions: readonly UnreadPartition[];
  /** How long it may make no progress, in milliseconds. */
  readonly readTimeoutMs: number;
  matches(headers: IHeaders | undefined): boolean;
}

/**
 * Reads until an event matches or everything is read. Commits no offset.
 *
 * @throws TargetSystemError when nothing comes for too long: an open transaction of somebody else hides the events behind it
 */
async function readPartitions(consumer: Consumer, reading: Reading): Promise<boolean> {
  const { topic, partitions, matches } = reading;
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const end = new Ending(reading);
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => end.reached(payload));
  // After a lost connection, the consumer reconnects by itself.
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const { partition, from } of partitions) consumer.seek({ topic, partition, offset: String(from) });
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) end.fail(payload.error);
  });
  try {
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        if (batch.messages.some(({ headers }) => matches(headers))) end.found();
      },
    });
    return await end.outcome;
  } finally {
    end.stopWaiting();
  }
}

interface Progress {
  readonly partition: number;
  readonly lastOffset: string;
  readonly highWatermark: string;
}

/** Tracks how far each partition was read, and when reading is over. */
class Ending {
  readonly outcome: Promise<boolean>;
  readonly #left: Map<number, bigint>;
  /** High watermarks at the first events; they lie behind events that an open transaction hides. */
  readonly #ends = new Map<number, bigint>();
  readonly #idle: NodeJS.Timeout;
  #settle: { resolve(found: boolean): void; reject(error: unknown): void } | undefined;

  constructor({ topic, partitions, readTimeoutMs }: Reading) {
    this.#left = new Map(partitions.map(({ partition, to }) => [partition, to]));
    this.outcome = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.outcome.catch(() => {});
    this.#idle = setTimeout(() => this.fail(standsStill(topic, readTimeoutMs)), readTimeoutMs);
  }

  reached({ partition, lastOffset, highWatermark }: Progress): void {
    this.#idle.refresh();
    const to = this.#left.get(partition);
    if (to === undefined) return;
    const end = this.#ends.get(partition) ?? max(to, BigInt(highWatermark));
    this.#ends.set(partition, end);
    if (BigInt(lastOffset) + 1n >= end) this.#left.delete(partition);
    if (this.#left.size === 0) this.#settle?.resolve(false);
  }

  found(): void {
    this.#settle?.resolve(true);
  }

  fail(error: unknown): void {
    this.#settle?.reject(error);
  }

  stopWaiting(): void {
    clearTimeout(this.#idle);
  }
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function standsStill(topic: string, ms: number): TargetSystemError {
  return new TargetSystemError(
    `Topic '${topic}' could not be read to its end: nothing came for ${ms} ms. A transaction of somebody else may be open on it.`,
    {
      fix: [
        'wait until that transaction has ended, then start again',
        'or raise readTimeoutMs of the target system',
      ],
    },
  );
}

/** How long the deletion of the consumer group is tried, in milliseconds. */
const FORGET_MS = 5_000;

/** The events to find. */
export interface Wanted {
  readonly topic: string;
  readonly since?: Date;
  matches(headers: IHeaders | undefined): boolean;
}

/**
 * Whether one of the committed events that are on the topic now matches. Reads the topic.
 *
 * First ends the open transaction of an earlier attempt of the change, so that nothing can be committed after the read.
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
    // Nobody needs the empty group. Where the deletion fails, the broker deletes the group later by itself.
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
