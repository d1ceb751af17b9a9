import { TargetSystemError } from '../../../core/model/errors.js';
import type { Recipe } from '../../../core/model/recipe.js';
import { pluralize } from '../../../core/kit/text.js';
import { isNothingDone } from '../connection/kafka-errors.js';
import type { KafkaSession } from '../connection/kafka-session.js';
import { deleteTopic } from '../topics/remove-topic.js';
import { describeTopic, refuseInternal, type TopicDescription } from '../topics/topic-description.js';

interface DeleteTopic {
  readonly topic: string;
  readonly allowDelete: boolean;
}

interface Before {
  readonly topic: string;
  readonly found: TopicDescription | null;
}

/** Deletes a topic with its events. No error when there is none. */
export const DELETE_TOPIC: Recipe<KafkaSession, DeleteTopic, Before> = {
  operation: 'kafka.delete-topic',
  describe: ({ topic }) => `delete topic '${topic}'`,

  async read({ admin }, { topic, allowDelete }) {
    refuseInternal(topic);
    if (!allowDelete) throw notAllowed(topic);
    return { topic, found: await describeTopic(admin, topic) };
  },

  compare: ({ topic }, { found }) =>
    found ? [{ what: `topic '${topic}'`, from: pluralize(found.partitions, 'partition') }] : [],

  apply: ({ admin }, { topic }) => deleteTopic(admin, topic),
  expect: () => undefined,
  wasRefused: isNothingDone,

  reverse: ({ topic }) => ({ possible: false, reason: `the events of topic '${topic}' are gone` }),
};

function notAllowed(topic: string): TargetSystemError {
  return new TargetSystemError(`Topic '${topic}' is not deleted: nobody said that its events may be lost.`, {
    fix: [`say so: await topics.deleteTopic('${topic}', { allowDelete: true })`],
  });
}
