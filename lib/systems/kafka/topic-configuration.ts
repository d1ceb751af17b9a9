import type { Admin, ConfigResourceTypes, IResourceConfigEntry } from 'kafkajs';
import type { Difference } from '../../core/recipe.js';
import { describeTopic } from './topic-description.js';

/** Settings of a topic by name, such as `'retention.ms'`; null gives one back to the cluster. */
export type TopicConfiguration = Readonly<Record<string, string | number | boolean | null>>;

/** What is set on a topic. */
export type Overrides = Readonly<Record<string, string>>;

const TOPIC_RESOURCE: ConfigResourceTypes = 2;
const CLUSTERS = "the cluster's";

/** All that is set on the topic, with what was asked for put in. */
export function merged(overrides: Overrides, asked: TopicConfiguration): Overrides {
  const all = { ...overrides, ...texts(asked) };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** What would be another, setting by setting. */
export function configurationDifferences(overrides: Overrides, asked: TopicConfiguration): Difference[] {
  return Object.entries(texts(asked))
    .filter(([what, to]) => (overrides[what] ?? null) !== to)
    .map(([what, to]) => ({ what, from: overrides[what] ?? CLUSTERS, to: to ?? CLUSTERS }));
}

/** What to ask for to have these settings as they were. */
export function putBack(overrides: Overrides, names: readonly string[]): TopicConfiguration {
  return Object.fromEntries(names.map((name) => [name, overrides[name] ?? null]));
}

/** As the protocol takes them. */
export function entriesOf(overrides: Overrides): IResourceConfigEntry[] {
  return Object.entries(overrides).map(([name, value]) => ({ name, value }));
}

/** Writes all that is to be set on a topic. The protocol resets whatever is not named: it takes all of it, each time. */
export async function writeConfiguration(
  admin: Admin,
  topic: string,
  overrides: Overrides,
  validateOnly = false,
): Promise<void> {
  const resource = { type: TOPIC_RESOURCE, name: topic, configEntries: entriesOf(overrides) };
  await admin.alterConfigs({ validateOnly, resources: [resource] });
}

/** Asks for settings of a topic that may have got others meanwhile: those stay. No error when the topic is gone. */
export async function changeConfiguration(
  admin: Admin,
  topic: string,
  asked: TopicConfiguration,
): Promise<void> {
  const found = await describeTopic(admin, topic);
  if (found) await writeConfiguration(admin, topic, merged(found.overrides, asked));
}

function texts(asked: TopicConfiguration): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(asked).map(([name, value]) => [name, value === null ? null : String(value)]),
  );
}
