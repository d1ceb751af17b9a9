import type { Recipe } from '../../../core/recipe.js';
import { checkConfiguration } from '../check-configuration.js';
import type { KafkaSession } from '../kafka-session.js';
import { isNothingDone } from '../nothing-done.error.js';
import {
  changeConfiguration,
  configurationDifferences,
  merged,
  putBack,
  validateConfiguration,
  writeConfiguration,
  type Overrides,
  type TopicConfiguration,
} from '../topic-configuration.js';
import { describeTopic } from '../topic-description.js';
import { missingTopic, refuseInternal } from '../topic-name.js';

interface AlterConfiguration {
  readonly topic: string;
  readonly configuration: TopicConfiguration;
}

interface Before {
  readonly topic: string;
  /** Null when there is no such topic. */
  readonly overrides: Overrides | null;
  /** Those asked for. */
  readonly names: readonly string[];
}

/** Gives a topic other settings; those that are not named stay. */
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
