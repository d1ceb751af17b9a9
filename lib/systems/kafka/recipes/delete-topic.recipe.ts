import { TargetSystemError } from '../../../core/errors.js';
import type { Recipe } from '../../../core/recipe.js';
import { counted } from '../counted.js';
import type { KafkaSession } from '../kafka-session.js';
import { isNothingDone } from '../nothing-done.error.js';
import { deleteTopic } from '../remove-topic.js';
import { describeTopic, type TopicDescription } from '../topic-description.js';
import { refuseInternal } from '../topic-name.js';

interface DeleteTopic {
  readonly topic: string;
  readonly allowDelete: boolean;
}

interface Before {
  readonly topic: string;
  readonly found: TopicDescription | null;
}

/** Deletes a topic with all that is in it. No error when there is none. */
export const DELETE_TOPIC: Recipe<KafkaSession, DeleteTopic, Before> = {
  operation: 'kafka.delete-topic',
  describe: ({ topic }) => `delete topic '${topic}'`,

  async read({ admin }, { topic, allowDelete }) {
    refuseInternal(topic);
    if (!allowDelete) throw notAllowed(topic);
    return { topic, found: await describeTopic(admin, topic) };
  },

  compare: ({ topic }, { found }) =>
    found ? [{ what: `topic '${topic}'`, from: counted(found.partitions, 'partition') }] : [],

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
