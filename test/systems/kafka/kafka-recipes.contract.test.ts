import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Clients } from 'nestjs-flamingock/kit';
import { type KafkaAcl, KafkaTargetSystem, type KafkaTopics } from 'nestjs-flamingock/kafka';
import { type RecipeCase, recipeContract } from 'nestjs-flamingock/testing';
import { createAcls, entryOf } from '../../../lib/systems/kafka/topics/acl-entries.js';
import { makeTopic } from '../../../lib/systems/kafka/topics/make-topic.js';
import { topicsOf } from './support/clients.js';
import { newPrefix, testKafka } from './support/kafka-location.js';
import { KafkaObserver } from './support/kafka-observer.js';

const PREFIX = newPrefix();

let observer: KafkaObserver;
beforeAll(async () => {
  observer = await KafkaObserver.connect(testKafka());
});
afterAll(() => observer.drop(PREFIX));

const by =
  (work: (topics: KafkaTopics) => Promise<unknown>) =>
  (clients: Clients): Promise<unknown> =>
    work(topicsOf(clients));

/** A topic of the case's own: with two partitions and a setting of somebody else. */
const prepare = (topic: string) => () =>
  makeTopic(observer.admin, {
    topic,
    numPartitions: 2,
    configEntries: [{ name: 'max.message.bytes', value: '100000' }],
  });

/** All of a topic that a case may change. */
const stateOf = (topic: string) => async (): Promise<unknown> => {
  if (!(await observer.topics(PREFIX)).includes(topic)) return 'none';
  const { topics } = await observer.admin.fetchTopicMetadata({ topics: [topic] });
  const [described] = (
    await observer.admin.describeConfigs({ resources: [{ type: 2, name: topic }], includeSynonyms: false })
  ).resources;
  const overrides = described?.configEntries.filter(({ configSource }) => Number(configSource) === 1);
  return {
    partitions: topics[0]?.partitions.length,
    overrides: overrides?.map(({ configName, configValue }) => `${configName}=${configValue}`).sort(),
  };
};

const topicCase = (
  name: string,
  {
    made,
    ...given
  }: Omit<RecipeCase, 'state' | 'operation'> & {
    readonly made?: boolean;
    readonly operation: (topics: KafkaTopics, topic: string) => Promise<unknown>;
  },
): RecipeCase => {
  const topic = `${PREFIX}${name}`;
  return {
    ...(made && { prepare: prepare(topic) }),
    ...given,
    operation: by((topics) => given.operation(topics, topic)),
    state: stateOf(topic),
  };
};

const ACLS: readonly KafkaAcl[] = [
  { resource: `${PREFIX}acl`, principal: 'User:orders-service', operation: 'write' },
  { resource: PREFIX, pattern: 'prefixed', principal: 'User:readers', operation: 'read', permission: 'deny' },
];

const aclState = async (): Promise<unknown> => {
  const found = await Promise.all(ACLS.map((acl) => observer.admin.describeAcls(entryOf(acl))));
  return found.map(({ resources }) => resources);
};

recipeContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'kafka',
    start: async () => new KafkaTargetSystem('events', testKafka()),
    stop: async () => {},
    cases: {
      'ensureTopic makes one': topicCase('new', {
        operation: (topics, topic) =>
          topics.ensureTopic({
            topic,
            partitions: 3,
            replication: 1,
            configuration: { 'cleanup.policy': 'compact', 'retention.ms': 60_000 },
          }),
      }),
      'ensureTopic gives one other settings': topicCase('other-settings', {
        made: true,
        operation: (topics, topic) =>
          topics.ensureTopic({ topic, partitions: 2, configuration: { 'retention.ms': 60_000 } }),
      }),
      'ensureTopic gives one more partitions': topicCase('more-partitions', {
        made: true,
        operation: (topics, topic) =>
          topics.ensureTopic({ topic, partitions: 4, configuration: { 'retention.ms': 60_000 } }),
        irreversible: /keeps its new partitions/,
      }),
      'alterConfiguration sets and gives back': topicCase('altered', {
        made: true,
        operation: (topics, topic) =>
          topics.alterConfiguration(topic, { 'retention.ms': '86400000', 'max.message.bytes': null }),
      }),
      addPartitions: topicCase('partitions', {
        made: true,
        operation: (topics, topic) => topics.addPartitions(topic, 5),
        irreversible: /keeps its new partitions/,
      }),
      deleteTopic: topicCase('deleted', {
        made: true,
        operation: (topics, topic) => topics.deleteTopic(topic, { allowDelete: true }),
        irreversible: /events of topic '[^']*' are gone/,
      }),
      createAcls: { operation: by((topics) => topics.createAcls(ACLS)), state: aclState },
      deleteAcls: {
        prepare: () => createAcls(observer.admin, ACLS),
        operation: by((topics) => topics.deleteAcls(ACLS)),
        state: aclState,
      },
      seedEvents: {
        prepare: () => makeTopic(observer.admin, { topic: `${PREFIX}seeded` }),
        operation: by((topics) => topics.seedEvents(`${PREFIX}seeded`, [{ value: 'a' }, { value: 'b' }])),
        state: async () => (await observer.events(`${PREFIX}seeded`)).map(({ value }) => String(value)),
        irreversible: /events stay on topic/,
      },
    },
  },
);
