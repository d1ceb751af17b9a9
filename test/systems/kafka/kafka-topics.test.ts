import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Admin } from 'kafkajs';
import { Recipes } from 'nestjs-flamingock';
import { KAFKA_ADMIN, KAFKA_PRODUCER, type KafkaTopics } from 'nestjs-flamingock/kafka';
import { makeTopic } from '../../../lib/systems/kafka/topics/make-topic.js';
import { eventually } from '../../../lib/testing/waiting.js';
import { clientOf, topicsOf } from './support/clients.js';
import { interposedKafka, lateKafka } from './support/interposed-kafka.js';
import { KafkaBench } from './support/kafka-bench.js';
import { testKafka } from './support/kafka-location.js';

let bench: KafkaBench;
beforeAll(async () => {
  bench = await KafkaBench.start();
});
afterAll(() => bench.stop());

describe('the settings of a topic', () => {
  it('stay where nobody named them, and none of the cluster becomes its own', async () => {
    const topic = await bench.topic({ 'max.message.bytes': '100000', 'cleanup.policy': 'compact' });
    await bench.attempt((topics) => topics.alterConfiguration(topic, { 'retention.ms': 60_000 }));
    await bench.attempt((topics) =>
      topics.ensureTopic({ topic, configuration: { 'cleanup.policy': null, 'min.insync.replicas': 1 } }),
    );
    expect(await bench.overrides(topic)).toEqual({
      'max.message.bytes': '100000',
      'retention.ms': '60000',
      'min.insync.replicas': '1',
    });
  });

  it('that others set meanwhile stay when ours are put back', async () => {
    const topic = await bench.topic({ 'retention.ms': '60000' });
    await bench.attempt(async (topics, clients) => {
      await topics.alterConfiguration(topic, { 'retention.ms': 120_000 });
      await bench.attempt((others) => others.alterConfiguration(topic, { 'max.message.bytes': 100_000 }));
      await clientOf<Recipes>(clients, Recipes).undo();
    });
    expect(await bench.overrides(topic)).toEqual({ 'retention.ms': '60000', 'max.message.bytes': '100000' });
  });

  it.each([
    ['a topic that is there', true],
    ['a new one', false],
  ])('that the broker refuses are named: %s', async (_, there) => {
    const topic = there ? await bench.topic({ 'max.message.bytes': '100000' }) : bench.name();
    const configuration = { 'retention.ms': 60_000, 'cleanup.policy': 'shred', 'no.such.setting': 1 };
    const asked = bench.attempt((topics) => topics.ensureTopic({ topic, configuration }));
    await expect(asked).rejects.toThrow(
      `The broker refuses this configuration of topic '${topic}': cleanup.policy=shred, no.such.setting=1`,
    );
    if (there) expect(await bench.overrides(topic)).toEqual({ 'max.message.bytes': '100000' });
    expect(await bench.observer.topics(topic)).toEqual(there ? [topic] : []);
  });
});

describe('an operation that can not be done', () => {
  it('takes no partition away, and says what to do', async () => {
    const topic = await bench.topic({}, 3);
    await bench.attempt(async (topics) => {
      const refused = /has 3 partitions, and 2 were asked for[^]*To fix:[^]*ask for 3 or more/;
      await expect(topics.ensureTopic({ topic, partitions: 2 })).rejects.toThrow(refused);
      await expect(topics.addPartitions(topic, 2)).rejects.toThrow(refused);
      expect((await topics.describeTopic(topic))?.partitions).toBe(3);
    });
  });

  it('takes no topic for its own that another makes at the same moment in another way', async () => {
    const topic = bench.name();
    const ask = (partitions: number): Promise<void> =>
      bench.attempt((topics) =>
        topics.ensureTopic({ topic, partitions, configuration: { 'retention.ms': 60_000 } }),
      );
    const [, fewer] = await Promise.allSettled([ask(3), ask(2)]);
    await eventually('three partitions', async () => {
      const found = await bench.attempt((topics) => topics.describeTopic(topic));
      return found?.partitions === 3 && found.overrides['retention.ms'] === '60000';
    });
    if (fewer.status === 'rejected') expect(String(fewer.reason)).toMatch(/has 3 partitions, and 2 were/);
  });

  it('makes no topic that the cluster could not keep, and says why', async () => {
    const topic = bench.name();
    await bench.attempt(async (topics) => {
      const asked = topics.ensureTopic({ topic, partitions: 1, replication: 3 });
      await expect(asked).rejects.toThrow(
        new RegExp(`would not make topic '${topic}'.*INVALID_REPLICATION_FACTOR`),
      );
      await topics.ensureTopic({ topic, partitions: 1 });
      await expect(topics.ensureTopic({ topic, replication: 3 })).rejects.toThrow(/replication of 1, and 3/);
      await expect(topics.ensureTopic({ topic: 'not a name' })).rejects.toThrow(/refuses 'not a name'/);
    });
  });

  it.each<[string, (topics: KafkaTopics, topic: string) => Promise<unknown>]>([
    ['alterConfiguration', (topics, topic) => topics.alterConfiguration(topic, { 'retention.ms': 1 })],
    ['addPartitions', (topics, topic) => topics.addPartitions(topic, 2)],
    ['seedEvents', (topics, topic) => topics.seedEvents(topic, [{ value: 'a' }])],
  ])('%s needs a topic', async (_, operation) => {
    const topic = bench.name();
    const asked = bench.attempt((topics) => operation(topics, topic));
    await expect(asked).rejects.toThrow(new RegExp(`There is no topic '${topic}'[^]*ensureTopic`));
  });

  it.each<[string, (topics: KafkaTopics, topic: string) => Promise<unknown>]>([
    ['ensureTopic', (topics, topic) => topics.ensureTopic({ topic })],
    ['alterConfiguration', (topics, topic) => topics.alterConfiguration(topic, { 'retention.ms': 1 })],
    ['addPartitions', (topics, topic) => topics.addPartitions(topic, 200)],
    ['deleteTopic', (topics, topic) => topics.deleteTopic(topic, { allowDelete: true })],
    ['seedEvents', (topics, topic) => topics.seedEvents(topic, [{ value: 'a' }])],
    [
      'createAcls',
      (topics, resource) => topics.createAcls([{ resource, principal: 'User:a', operation: 'read' }]),
    ],
  ])("%s leaves Kafka's own topics alone", async (_, operation) => {
    const asked = bench.attempt((topics) => operation(topics, '__consumer_offsets'));
    await expect(asked).rejects.toThrow(/'__consumer_offsets' belongs to Kafka itself/);
  });

  it('deletes no topic that nobody said may be deleted, and none that others have written to', async () => {
    const topic = bench.name();
    await bench.attempt(async (topics, clients) => {
      await topics.ensureTopic({ topic, partitions: 1 });
      await expect(topics.deleteTopic(topic, { allowDelete: false })).rejects.toThrow(/allowDelete: true/);
      await bench.attempt((others) => others.seedEvents(topic, [{ value: 'a' }]), { changeId: 'another' });
      const undone = clientOf<Recipes>(clients, Recipes).undo();
      await expect(undone).rejects.toThrow(`Topic '${topic}' is not deleted: there are events in it.`);
      expect((await topics.describeTopic(topic))?.partitions).toBe(1);
    });
  });
});

describe('a broker that hears late of what the controller did', () => {
  it.each<[string, (topics: KafkaTopics, topic: string) => Promise<unknown>, number | undefined]>([
    ['ensureTopic', (topics, topic) => topics.ensureTopic({ topic: `${topic}-new`, partitions: 3 }), 3],
    ['ensureTopic', (topics, topic) => topics.ensureTopic({ topic, partitions: 4 }), 4],
    ['addPartitions', (topics, topic) => topics.addPartitions(topic, 2), 2],
    ['deleteTopic', (topics, topic) => topics.deleteTopic(topic, { allowDelete: true }), undefined],
  ])('is waited for by %s', async (_, operation, partitions) => {
    const topic = await bench.topic();
    const late = lateKafka(bench.kafka, bench.observer.admin);
    await bench.with(late).attempt((topics) => operation(topics, topic));
    const changed = partitions === 3 ? `${topic}-new` : topic;
    const found = await bench.attempt((topics) => topics.describeTopic(changed));
    expect(found?.partitions).toBe(partitions);
  });

  it('loses no setting that was written right before another', async () => {
    const topic = await bench.topic({ 'cleanup.policy': 'compact' });
    const late = lateKafka(bench.kafka, bench.observer.admin);
    await bench.with(late).attempt(async (topics) => {
      await topics.alterConfiguration(topic, { 'retention.ms': 60_000, 'cleanup.policy': null });
      await topics.ensureTopic({ topic, configuration: { 'max.message.bytes': 100_000 } });
    });
    expect(await bench.overrides(topic)).toEqual({ 'retention.ms': '60000', 'max.message.bytes': '100000' });
  });
});

describe('what others do between the look and the operation', () => {
  it('a topic that they made is not deleted when ours is put back: it gets its settings again', async () => {
    const topic = bench.name();
    const racing = interposedKafka(bench.kafka, (admin) => ({
      async createTopics(asked) {
        const theirs = { topic, numPartitions: 2, configEntries: [{ name: 'retention.ms', value: '90000' }] };
        if (!asked.validateOnly) await makeTopic(bench.observer.admin, theirs);
        return admin.createTopics(asked);
      },
    }));
    await bench.with(racing).attempt(async (topics, clients) => {
      await topics.ensureTopic({ topic, partitions: 2, configuration: { 'retention.ms': 60_000 } });
      expect(await bench.overrides(topic)).toEqual({ 'retention.ms': '60000' });
      await clientOf<Recipes>(clients, Recipes).undo();
    });
    expect(await bench.overrides(topic)).toEqual({ 'retention.ms': '90000' });
  });

  it('a topic that they deleted is deleted', async () => {
    const topic = await bench.topic();
    const kafka = testKafka({ retry: { retries: 1, initialRetryTime: 50 } });
    const racing = interposedKafka(kafka, (admin) => ({
      async deleteTopics(asked) {
        await bench.observer.admin.deleteTopics(asked);
        await admin.deleteTopics(asked);
      },
    }));
    await bench.with(racing).attempt((topics) => topics.deleteTopic(topic, { allowDelete: true }));
    expect(await bench.observer.topics(topic)).toEqual([]);
  });
});

describe('rules about who may do what', () => {
  it('are there when all of them are: of a topic, and of the cluster', async () => {
    const site = { principal: `User:${bench.name()}`, operation: 'describe' } as const;
    const [own, clusters] = [
      { ...site, resource: bench.name() },
      { ...site, resourceType: 'cluster', resource: 'kafka-cluster' } as const,
    ];
    await bench.attempt(async (topics) => {
      await topics.createAcls([own]);
      expect(await topics.hasAcls([own])).toBe(true);
      expect(await topics.hasAcls([own, clusters])).toBe(false);
      await topics.createAcls([clusters]);
      expect(await topics.hasAcls([own, clusters])).toBe(true);
      await topics.deleteAcls([own, clusters]);
      expect(await topics.hasAcls([clusters])).toBe(false);
    });
  });
});

describe('a preview', () => {
  it('tells of what the one before would make, and writes nothing', async () => {
    const topic = bench.name();
    const noted = await bench.preview(async (clients) => {
      const topics = topicsOf(clients);
      await topics.ensureTopic({ topic, partitions: 3, configuration: { 'retention.ms': 60_000 } });
      await topics.alterConfiguration(topic, { 'retention.ms': 120_000 });
      expect(await topics.seedEvents(topic, [{ value: 'a' }, { value: 'b' }])).toBe(true);
    });
    expect(noted).toEqual([
      {
        summary: `ensure topic '${topic}' (3 partitions)`,
        differences: [{ what: `topic '${topic}'`, to: '3 partitions, retention.ms=60000' }],
      },
      {
        summary: `configure topic '${topic}' (retention.ms)`,
        differences: [{ what: 'retention.ms', from: "the cluster's", to: '120000' }],
      },
      {
        summary: `seed 2 events on topic '${topic}'`,
        differences: [{ what: `topic '${topic}'`, to: '2 events more' }],
        irreversible: expect.stringContaining('events stay on topic'),
      },
    ]);
    expect(await bench.observer.topics(topic)).toEqual([]);
  });

  it('lets clients of kafkajs read, and refuses by name what would write', async () => {
    const topic = await bench.topic();
    const noted = await bench.preview(async (clients) => {
      const admin = clientOf<Admin>(clients, KAFKA_ADMIN);
      expect(await admin.listTopics()).toContain(topic);
      await expect(admin.deleteTopics({ topics: [topic] })).rejects.toThrow(
        /preview can't tell.*admin\.deleteTopics/,
      );
      const producer = clientOf<{ send(record: object): Promise<unknown> }>(clients, KAFKA_PRODUCER);
      await expect(producer.send({ topic, messages: [{ value: 'a' }] })).rejects.toThrow(
        `producer.send(topic '${topic}')`,
      );
    });
    expect(noted).toEqual([]);
    expect(await bench.observer.topics(topic)).toEqual([topic]);
  });
});
