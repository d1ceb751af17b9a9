import type { Admin, ConfigResourceTypes, DescribeConfigResponse } from 'kafkajs';
import { TargetSystemError } from '../../../core/model/errors.js';
import { brokerAnswer, NothingDoneError, unlessAnswered } from '../connection/kafka-errors.js';

/** @throws TargetSystemError for a topic that belongs to Kafka itself */
export function refuseInternal(topic: string): void {
  if (!topic.startsWith('__')) return;
  throw new TargetSystemError(`The topic '${topic}' belongs to Kafka itself; changes leave it alone.`, {
    fix: ['name a topic of your own: one that does not begin with "__"'],
  });
}

/** The error of an operation whose topic does not exist. */
export function missingTopic(topic: string): NothingDoneError {
  return new NothingDoneError(`There is no topic '${topic}'.`, {
    fix: [`make it first: await topics.ensureTopic({ topic: '${topic}', partitions: 1 })`],
  });
}

/** The error for a topic name that the broker does not take. */
function badName(topic: string): TargetSystemError {
  return new TargetSystemError(`The broker refuses '${topic}' as the name of a topic.`, {
    fix: ['take at most 249 letters of A-Z, a-z, 0-9, ".", "_" and "-"'],
  });
}

/** What a broker tells of a topic. */
export interface TopicDescription {
  readonly topic: string;
  readonly partitions: number;
  /** Copies of each partition. */
  readonly replication: number;
  /** The settings that the topic has of its own; for all others the cluster's count. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** As the protocol numbers them. */
const TOPIC_RESOURCE: ConfigResourceTypes = 2;
const SET_ON_TOPIC = 1;

/** Reads a topic; null when there is none. */
export async function describeTopic(admin: Admin, topic: string): Promise<TopicDescription | null> {
  const found = await admin
    .fetchTopicMetadata({ topics: [topic] })
    .catch(unlessAnswered(null, 'UNKNOWN_TOPIC_OR_PARTITION'))
    .catch((error: unknown) => {
      throw brokerAnswer(error) === 'INVALID_TOPIC_EXCEPTION' ? badName(topic) : error;
    });
  const partitions = found?.topics[0]?.partitions ?? [];
  if (partitions.length === 0) return null;
  const resources = [{ type: TOPIC_RESOURCE, name: topic }];
  const described = await admin.describeConfigs({ resources, includeSynonyms: false });
  return {
    topic,
    partitions: partitions.length,
    replication: partitions[0]?.replicas.length ?? 0,
    overrides: overridesIn(described),
  };
}

/** Goes by the source of a setting: `isDefault` is false for static settings of the broker too. */
function overridesIn({ resources }: DescribeConfigResponse): Record<string, string> {
  const entries = resources[0]?.configEntries ?? [];
  const own = entries.filter(({ configSource }) => Number(configSource) === SET_ON_TOPIC);
  return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
}
