import type { Admin, ConfigResourceTypes, DescribeConfigResponse } from 'kafkajs';
import { brokerAnswer, unlessAnswered } from './kafka-errors.js';
import { badName } from './topic-name.js';

/** A topic as it is. */
export interface TopicDescription {
  readonly topic: string;
  readonly partitions: number;
  /** Copies of each partition. */
  readonly replication: number;
  /** What is set on the topic itself; all else is the cluster's. */
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

/** Of a static setting of the broker, `isDefault` is false too: only the source tells what the topic has of its own. */
function overridesIn({ resources }: DescribeConfigResponse): Record<string, string> {
  const entries = resources[0]?.configEntries ?? [];
  const own = entries.filter(({ configSource }) => Number(configSource) === SET_ON_TOPIC);
  return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
}
