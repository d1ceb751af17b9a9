import type { Admin, ConfigResourceTypes, IResourceConfigEntry } from 'kafkajs';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { Difference } from '../../../core/model/recipe.js';
import { brokerAnswer } from '../connection/kafka-errors.js';
import { waitUntilPropagated } from './make-topic.js';
import { describeTopic } from './topic-description.js';

/** Settings of a topic by name, such as `'retention.ms'`; null removes one, so that the cluster's default counts. */
export type TopicConfiguration = Readonly<Record<string, string | number | boolean | null>>;

/** The settings that a topic has of its own. */
export type Overrides = Readonly<Record<string, string>>;

const TOPIC_RESOURCE: ConfigResourceTypes = 2;
const CLUSTERS = "the cluster's";

/** The topic's own settings after the change that was asked for. */
export function merged(overrides: Overrides, asked: TopicConfiguration): Overrides {
  const all = { ...overrides, ...texts(asked) };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** The differences that the change makes, one for each setting. */
export function configurationDifferences(overrides: Overrides, asked: TopicConfiguration): Difference[] {
  return Object.entries(texts(asked))
    .filter(([what, to]) => (overrides[what] ?? null) !== to)
    .map(([what, to]) => ({ what, from: overrides[what] ?? CLUSTERS, to: to ?? CLUSTERS }));
}

/** The change that gives the named settings their old values. */
export function putBack(overrides: Overrides, names: readonly string[]): TopicConfiguration {
  return Object.fromEntries(names.map((name) => [name, overrides[name] ?? null]));
}

/** The settings as the protocol takes them. */
export function entriesOf(overrides: Overrides): IResourceConfigEntry[] {
  return Object.entries(overrides).map(([name, value]) => ({ name, value }));
}

/** Asks the broker whether it would take these settings for a topic. Writes nothing. */
export async function validateConfiguration(
  admin: Admin,
  topic: string,
  overrides: Overrides,
): Promise<void> {
  await admin.alterConfigs({ validateOnly: true, resources: [resourceOf(topic, overrides)] });
}

/**
 * Writes settings, and resolves when the broker shows them: a later write would otherwise miss them and reset them. The protocol resets
 * every setting that is not named, so each write names all of the topic's own settings.
 */
export async function writeConfiguration(
  admin: Admin,
  topic: string,
  before: Overrides,
  asked: TopicConfiguration,
): Promise<void> {
  await admin.alterConfigs({ validateOnly: false, resources: [resourceOf(topic, merged(before, asked))] });
  const changed = configurationDifferences(before, asked).map(({ what }) => what);
  await waitUntilPropagated(async () => {
    const found = await describeTopic(admin, topic);
    return !found || changed.every((name) => found.overrides[name] !== before[name]);
  });
}

/** Reads the topic's settings again and changes only those asked for. No error when the topic no longer exists. */
export async function changeConfiguration(
  admin: Admin,
  topic: string,
  asked: TopicConfiguration,
): Promise<void> {
  const found = await describeTopic(admin, topic);
  if (found) await writeConfiguration(admin, topic, found.overrides, asked);
}

function resourceOf(topic: string, overrides: Overrides) {
  return { type: TOPIC_RESOURCE, name: topic, configEntries: entriesOf(overrides) };
}

function texts(asked: TopicConfiguration): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(asked).map(([name, value]) => [name, value === null ? null : String(value)]),
  );
}

/** Asks the broker whether it would take these settings. Writes nothing. */
export type ValidateOverrides = (overrides: Overrides) => Promise<void>;

/**
 * Asks the broker whether it would take the settings. Its answer does not say which of them is invalid, so each is then tried alone.
 *
 * @throws TargetSystemError that names the invalid settings
 */
export async function checkConfiguration(
  topic: string,
  overrides: Overrides,
  validate: ValidateOverrides,
): Promise<void> {
  if (!(await isRefused(validate, overrides))) return;
  const refused: string[] = [];
  for (const [name, value] of Object.entries(overrides))
    if (await isRefused(validate, { [name]: value })) refused.push(`${name}=${value}`);
  throw invalid(topic, refused.length > 0 ? refused : Object.keys(overrides));
}

/** `ValidateOverrides` for a topic that does not exist yet and is created with the settings. */
export function whenCreated(
  admin: Admin,
  topic: string,
  shape: { readonly numPartitions?: number; readonly replicationFactor?: number },
): ValidateOverrides {
  return async (overrides) => {
    const configEntries = Object.entries(overrides).map(([name, value]) => ({ name, value }));
    const topics = [{ topic, configEntries, ...shape }];
    await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics });
  };
}

async function isRefused(validate: ValidateOverrides, overrides: Overrides): Promise<boolean> {
  try {
    await validate(overrides);
    return false;
  } catch (error) {
    if (brokerAnswer(error) === 'INVALID_CONFIG') return true;
    throw error;
  }
}

function invalid(topic: string, settings: readonly string[]): TargetSystemError {
  return new TargetSystemError(
    `The broker refuses this configuration of topic '${topic}': ${settings.join(', ')}`,
    {
      fix: [
        'correct the name or the value; values are texts in the units of their names: milliseconds, bytes',
      ],
    },
  );
}
