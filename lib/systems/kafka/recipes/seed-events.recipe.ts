import type { Message } from 'kafkajs';
import type { Recipe } from '../../../core/model/recipe.js';
import { pluralize } from '../../../core/kit/text.js';
import { hasEvent } from '../events/find-events.js';
import { isSeededBy, type KafkaEvent, seedHeaders, seedOf } from '../events/kafka-event.js';
import { brokerAnswer, isNothingDone, NothingDoneError, reasonOf } from '../connection/kafka-errors.js';
import type { KafkaSession } from '../connection/kafka-session.js';
import {
  describeTopic,
  missingTopic,
  refuseInternal,
  type TopicDescription,
} from '../topics/topic-description.js';

interface SeedEvents {
  readonly topic: string;
  readonly events: readonly KafkaEvent[];
  readonly since?: Date;
}

interface Before {
  readonly topic: string;
  /** Whether this change has written these events before. */
  readonly seeded: boolean;
}

/** Writes events in one transaction, unless this change has written them before. @returns true when they were written now */
export const SEED_EVENTS: Recipe<KafkaSession, SeedEvents, Before, boolean> = {
  operation: 'kafka.seed-events',
  describe: ({ topic, events }) => `seed ${pluralize(events.length, 'event')} on topic '${topic}'`,

  async read(session, { topic, events, since }) {
    refuseInternal(topic);
    return { topic, seeded: events.length === 0 || (await isSeeded(session, { topic, events, since })) };
  },

  compare: ({ topic, events }, { seeded }) =>
    seeded ? [] : [{ what: `topic '${topic}'`, to: `${pluralize(events.length, 'event')} more` }],

  async apply(session, asked) {
    const { admin, producer } = session;
    const { topic } = asked;
    const found = await describeTopic(admin, topic);
    if (!found) throw missingTopic(topic);
    const messages = messagesOf(session, asked);
    const guard = (): void => session.guard();
    try {
      await producer?.send({ topic, messages, guard, ...largestBatch(found) });
    } catch (error) {
      // The commit may have happened although its answer was lost. A new producer ends the transaction; then the topic is read.
      await producer?.close();
      session.guard();
      const seeded = await isSeeded(session, asked).catch(() => undefined);
      if (seeded !== true) throw seeded === false ? new NothingSeededError(asked, error) : error;
    }
    return true;
  },

  wasRefused: isNothingDone,
  expect: (_, { seeded }) => !seeded,
  reverse: ({ topic }) => ({
    possible: false,
    reason: `events stay on topic '${topic}': Kafka removes none before those that came earlier`,
  }),
};

/** The transaction was aborted: nothing of it is on the topic. */
class NothingSeededError extends NothingDoneError {
  constructor({ topic, events }: SeedEvents, cause: unknown) {
    const what = `${pluralize(events.length, 'event')} for topic '${topic}'`;
    const isTooLarge = /^(?:MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE)$/.test(brokerAnswer(cause) ?? '');
    super(`Nothing was written of ${what}: ${reasonOf(cause)}`, {
      cause,
      fix: isTooLarge ? ["raise 'max.message.bytes' of the topic, or make the largest event smaller"] : [],
    });
  }
}

function isSeeded(session: KafkaSession, { topic, events, since }: SeedEvents): Promise<boolean> {
  const seed = seedOf(events);
  const matches = (headers: Message['headers']): boolean => isSeededBy(headers, session.seeder, seed);
  return hasEvent(session, { topic, since, matches });
}

/** The topic's own limit, where it has one. */
function largestBatch({ overrides }: TopicDescription): { readonly largestBatch?: number } {
  const own = overrides['max.message.bytes'];
  return own === undefined ? {} : { largestBatch: Number(own) };
}

function messagesOf({ seeder }: KafkaSession, { events }: SeedEvents): Message[] {
  const ours = seedHeaders(seeder, seedOf(events));
  return events.map(({ key, value, headers, partition }) => ({
    key: bytes(key ?? null),
    value: bytes(value),
    headers: {
      ...Object.fromEntries(Object.entries(headers ?? {}).map(([n, v]) => [n, bytes(v) ?? ''])),
      ...ours,
    },
    ...(partition === undefined ? {} : { partition }),
  }));
}

function bytes(content: string | Uint8Array | null): string | Buffer | null {
  return content instanceof Uint8Array ? Buffer.from(content) : content;
}
