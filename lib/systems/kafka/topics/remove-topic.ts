import type { Admin } from 'kafkajs';
import { TargetSystemError } from '../../../core/model/errors.js';
import { hasEvent } from '../events/find-events.js';
import { sayRefused, unlessAnswered } from '../connection/kafka-errors.js';
import type { KafkaSession } from '../connection/kafka-session.js';
import { waitUntilPropagated } from './make-topic.js';
import { describeTopic } from './topic-description.js';

/**
 * Deletes a topic, and resolves when the broker no longer serves it. No error when there is none.
 *
 * @throws NothingDoneError when the broker refuses
 */
export async function deleteTopic(admin: Admin, topic: string): Promise<void> {
  await admin
    .deleteTopics({ topics: [topic] })
    .catch(unlessAnswered(undefined, 'UNKNOWN_TOPIC_OR_PARTITION'))
    .catch(sayRefused(`delete topic '${topic}'`));
  await waitUntilPropagated(async () => !(await admin.listTopics()).includes(topic));
}

/** Deletes a topic without committed events. @throws TargetSystemError when somebody has written events to it meanwhile */
export async function deleteIfEmpty(session: KafkaSession, topic: string): Promise<void> {
  if (!(await describeTopic(session.admin, topic))) return;
  if (await hasEvent(session, { topic, matches: () => true }))
    throw new TargetSystemError(`Topic '${topic}' is not deleted: there are events in it.`, {
      fix: [`if they may be lost: await topics.deleteTopic('${topic}', { allowDelete: true })`],
    });
  await deleteTopic(session.admin, topic);
}
