import type { Recipe } from '../../../core/recipe.js';
import { counted } from '../counted.js';
import type { KafkaSession } from '../kafka-session.js';
import { growTopic } from '../make-topic.js';
import { isNothingDone } from '../nothing-done.error.js';
import { refuseToShrink } from '../partition-count.js';
import { describeTopic } from '../topic-description.js';
import { missingTopic, refuseInternal } from '../topic-name.js';

interface AddPartitions {
  readonly topic: string;
  /** As many as there shall be. */
  readonly total: number;
}

interface Before {
  readonly topic: string;
  /** None when there is no such topic. */
  readonly partitions: number;
}

/** Gives a topic more partitions. Keys may go to other partitions than before. */
export const ADD_PARTITIONS: Recipe<KafkaSession, AddPartitions, Before> = {
  operation: 'kafka.add-partitions',
  describe: ({ topic, total }) => `give topic '${topic}' ${counted(total, 'partition')}`,

  async read({ admin }, { topic, total }) {
    refuseInternal(topic);
    const partitions = (await describeTopic(admin, topic))?.partitions ?? 0;
    refuseToShrink(topic, partitions, total);
    return { topic, partitions };
  },

  compare: ({ total }, { partitions }) =>
    total === partitions ? [] : [{ what: 'partitions', from: String(partitions), to: String(total) }],

  async apply({ admin }, { topic, total }, { partitions }) {
    if (partitions === 0) throw missingTopic(topic);
    await growTopic(admin, topic, total);
  },

  expect: () => undefined,
  wasRefused: isNothingDone,

  reverse: ({ topic }) => ({
    possible: false,
    reason: `topic '${topic}' keeps its new partitions: Kafka takes none away`,
  }),
};
