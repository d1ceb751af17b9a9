import type { Recipe } from '../../../core/model/recipe.js';
import { pluralize } from '../../../core/kit/text.js';
import { isNothingDone } from '../connection/kafka-errors.js';
import type { KafkaSession } from '../connection/kafka-session.js';
import { growTopic, refuseToShrink } from '../topics/make-topic.js';
import { describeTopic, missingTopic, refuseInternal } from '../topics/topic-description.js';

interface AddPartitions {
  readonly topic: string;
  /** How many partitions the topic gets in all. */
  readonly total: number;
}

interface Before {
  readonly topic: string;
  /** 0 when there is no such topic. */
  readonly partitions: number;
}

/** Gives a topic more partitions. Afterwards a key may belong to another partition than before. */
export const ADD_PARTITIONS: Recipe<KafkaSession, AddPartitions, Before> = {
  operation: 'kafka.add-partitions',
  describe: ({ topic, total }) => `give topic '${topic}' ${pluralize(total, 'partition')}`,

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
