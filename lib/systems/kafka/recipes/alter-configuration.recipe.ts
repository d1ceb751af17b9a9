import type { Recipe } from '../../../core/model/recipe.js';
import { isNothingDone } from '../connection/kafka-errors.js';
import type { KafkaSession } from '../connection/kafka-session.js';
import {
  changeConfiguration,
  checkConfiguration,
  configurationDifferences,
  merged,
  type Overrides,
  putBack,
  type TopicConfiguration,
  validateConfiguration,
  writeConfiguration,
} from '../topics/topic-configuration.js';
import { describeTopic, missingTopic, refuseInternal } from '../topics/topic-description.js';

interface AlterConfiguration {
  readonly topic: string;
  readonly configuration: TopicConfiguration;
}

interface Before {
  readonly topic: string;
  /** Null when there is no such topic. */
  readonly overrides: Overrides | null;
  /** The settings asked for. */
  readonly names: readonly string[];
}

/** Changes the settings of a topic that are named; all others stay. */
export const ALTER_CONFIGURATION: Recipe<KafkaSession, AlterConfiguration, Before> = {
  operation: 'kafka.alter-configuration',
  describe: ({ topic, configuration }) =>
    `configure topic '${topic}' (${Object.keys(configuration).join(', ')})`,

  async read({ admin }, { topic, configuration }) {
    refuseInternal(topic);
    const found = await describeTopic(admin, topic);
    const overrides = found?.overrides ?? null;
    if (overrides)
      await checkConfiguration(topic, merged(overrides, configuration), (all) =>
        validateConfiguration(admin, topic, all),
      );
    return { topic, overrides, names: Object.keys(configuration) };
  },

  compare: ({ configuration }, { overrides }) => configurationDifferences(overrides ?? {}, configuration),

  async apply({ admin }, { topic, configuration }, { overrides }) {
    if (!overrides) throw missingTopic(topic);
    await writeConfiguration(admin, topic, overrides, configuration);
  },

  expect: () => undefined,
  wasRefused: isNothingDone,

  reverse: ({ topic, overrides, names }) => ({
    possible: true,
    summary: `put back the configuration of topic '${topic}'`,
    perform: ({ admin }) => changeConfiguration(admin, topic, putBack(overrides ?? {}, names)),
  }),
};
