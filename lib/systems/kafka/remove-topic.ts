import type { Admin } from 'kafkajs';
import { TargetSystemError } from '../../core/errors.js';
import { hasEvent } from './find-events.js';
import { unlessAnswered } from './kafka-errors.js';
import type { KafkaSession } from './kafka-session.js';
import { sayRefused } from './nothing-done.error.js';
import { describeTopic } from './topic-description.js';
import { untilHeard } from './until-heard.js';

/**
 * Deletes a topic, and resolves when the broker serves it no more. No error when there is none.
 *
 * @throws NothingDoneError when the broker refuses
 */
export async function deleteTopic(admin: Admin, topic: string): Promise<void> {
  await admin
    .deleteTopics({ topics: [topic] })
    .catch(unlessAnswered(undefined, 'UNKNOWN_TOPIC_OR_PARTITION'))
    .catch(sayRefused(`delete topic '${topic}'`));
  await untilHeard(async () => !(await admin.listTopics()).includes(topic));
}

/** As `deleteTopic`. What was aborted counts for nothing. @throws TargetSystemError when somebody has written to it meanwhile */
export async function deleteIfEmpty(session: KafkaSession, topic: string): Promise<void> {
  if (!(await describeTopic(session.admin, topic))) return;
  if (await hasEvent(session, { topic, matches: () => true }))
    throw new TargetSystemError(`Topic '${topic}' is not deleted: there are events in it.`, {
      fix: [`if they may be lost: await topics.deleteTopic('${topic}', { allowDelete: true })`],
    });
  await deleteTopic(session.admin, topic);
}
