import type { Admin, ConfigResourceTypes, IResourceConfigEntry } from 'kafkajs';
import type { Difference } from '../../core/recipe.js';
import { describeTopic } from './topic-description.js';
import { untilHeard } from './until-heard.js';

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

/** Lets the broker judge all that is to be set on a topic; nothing is written. */
export async function validateConfiguration(
  admin: Admin,
  topic: string,
  overrides: Overrides,
): Promise<void> {
  await admin.alterConfigs({ validateOnly: true, resources: [resourceOf(topic, overrides)] });
}

/**
 * Writes what is asked for, and resolves when the broker shows it: who writes next would take away what cannot be read yet.
 * The protocol resets whatever is not named, so it is given all that was set, each time.
 */
export async function writeConfiguration(
  admin: Admin,
  topic: string,
  before: Overrides,
  asked: TopicConfiguration,
): Promise<void> {
  await admin.alterConfigs({ validateOnly: false, resources: [resourceOf(topic, merged(before, asked))] });
  const changed = configurationDifferences(before, asked).map(({ what }) => what);
  await untilHeard(async () => {
    const found = await describeTopic(admin, topic);
    return !found || changed.every((name) => found.overrides[name] !== before[name]);
  });
}

/** Asks for settings of a topic that may have got others meanwhile: those stay. No error when the topic is gone. */
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
