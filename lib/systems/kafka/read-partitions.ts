import type { Consumer, IHeaders } from 'kafkajs';
import { TargetSystemError } from '../../core/errors.js';

/** A part of a partition: from an offset, up to another and without it. */
export interface UnreadPartition {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** What to read, and what for. */
export interface Reading {
  readonly topic: string;
  readonly partitions: readonly UnreadPartition[];
  /** How long it may stand still. */
  readonly readTimeoutMs: number;
  matches(headers: IHeaders | undefined): boolean;
}

/**
 * Reads until an event matches, or all is read. Commits no offset.
 *
 * @throws TargetSystemError when nothing comes for too long: an open transaction of somebody else hides what follows
 */
export async function readPartitions(consumer: Consumer, reading: Reading): Promise<boolean> {
  const { topic, partitions, matches } = reading;
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const end = new Ending(reading);
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => end.reached(payload));
  // A consumer that lost its broker begins anew by itself.
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

/** Knows when reading is over. */
class Ending {
  readonly outcome: Promise<boolean>;
  readonly #left: Map<number, bigint>;
  /** As they were when the first events came: behind those that an open transaction hides. */
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
