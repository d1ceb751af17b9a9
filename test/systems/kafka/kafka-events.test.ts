import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Kafka, Producer, Transaction } from 'kafkajs';
import { Recipes } from 'nestjs-flamingock';
import { KAFKA_PRODUCER, KafkaTargetSystem, type KafkaEvent } from 'nestjs-flamingock/kafka';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { eventually } from '../../../lib/testing/waiting.js';
import { clientOf } from './support/clients.js';
import { KafkaBench } from './support/kafka-bench.js';

const EVENTS: readonly KafkaEvent[] = [
  { key: 'order-1', value: 'first', headers: { type: 'OrderPlaced' } },
  { key: 'order-2', value: Buffer.from('second') },
];

const { storeId: STORE } = attemptScope();
const OTHER_STORE = 'f'.repeat(32);

let bench: KafkaBench;
const strangers: Producer[] = [];
beforeAll(async () => {
  bench = await KafkaBench.start();
});
afterAll(async () => {
  await Promise.all(strangers.map((producer) => producer.disconnect()));
  await bench.stop();
});

async function valuesOn(topic: string): Promise<string[]> {
  return (await bench.observer.events(topic)).map(({ value }) => String(value));
}

/** A transaction with an event in it, which only the test ends. */
async function leftOpen(topic: string, transactionalId: string): Promise<Transaction> {
  const producer = bench.kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
  strangers.push(producer);
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ value: 'left open' }] });
  return transaction;
}

describe('seeded events', () => {
  it('come all together, and their headers name the change, the attempt and the execution', async () => {
    const topic = await bench.topic();
    const scope = { changeId: 'seed-orders', attempt: 3, executionId: 'execution-7' };
    expect(await bench.attempt((topics) => topics.seedEvents(topic, EVENTS), scope)).toBe(true);
    const events = await bench.observer.events(topic);
    expect(events.map(({ key, value }) => `${String(key)} ${String(value)}`)).toEqual([
      'order-1 first',
      'order-2 second',
    ]);
    const headers = events.map(({ headers: all = {} }) =>
      Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)])),
    );
    const ours = {
      'flamingock-store': STORE,
      'flamingock-namespace': bench.prefix,
      'flamingock-change': 'seed-orders',
      'flamingock-attempt': '3',
      'flamingock-execution': 'execution-7',
      'flamingock-seed': expect.stringMatching(/^[0-9a-f]{16}$/),
    };
    expect(headers).toEqual([{ type: 'OrderPlaced', ...ours }, ours]);
  });

  it('may be more than the broker takes in one batch: they come all together, in their order', async () => {
    const topic = await bench.topic({ 'max.message.bytes': '100000' });
    const events = Array.from({ length: 300 }, (_, index) => ({ value: `${index} ${'x'.repeat(1000)}` }));
    expect(await bench.attempt((topics) => topics.seedEvents(topic, events))).toBe(true);
    expect(await valuesOn(topic)).toEqual(events.map(({ value }) => value));
  });

  it('that the broker refuses leave nothing, say why, and keep nothing from being put back', async () => {
    const topic = bench.name();
    await bench.attempt(async (topics, clients) => {
      await topics.ensureTopic({ topic, partitions: 1, configuration: { 'max.message.bytes': 1000 } });
      const events = [{ value: 'small' }, { value: 'x'.repeat(2000) }];
      await expect(topics.seedEvents(topic, events)).rejects.toThrow(
        /^Nothing was written of 2 events for topic .*\(MESSAGE_TOO_LARGE\)[^]*raise 'max.message.bytes'/,
      );
      expect(await valuesOn(topic)).toEqual([]);
      await clientOf<Recipes>(clients, Recipes).undo();
      expect(await topics.describeTopic(topic)).toBeUndefined();
    });
  });

  it('are not written again, whichever attempt or process asks; other events of the change are', async () => {
    const topic = await bench.topic();
    const more = [{ value: 'third' }];
    const seeded = await bench.attempt(async (topics) => [
      await topics.seedEvents(topic, EVENTS),
      await topics.seedEvents(topic, EVENTS),
      await topics.seedEvents(topic, more),
    ]);
    const again = await bench.attempt((topics) => topics.seedEvents(topic, EVENTS), { attempt: 2 });
    expect([...seeded, again]).toEqual([true, false, true, false]);
    expect(await valuesOn(topic)).toEqual(['first', 'second', 'third']);
  });

  it('are there for the change that asks, or for the one that it names', async () => {
    const topic = await bench.topic({}, 3);
    const scope = { changeId: 'seed-orders' };
    const asked = { changeId: 'seed-orders' };
    const has = (given?: object, as: object = scope) =>
      bench.attempt((topics) => topics.hasEvents(topic, given), as);
    expect(await has()).toBe(false);
    await bench.attempt((topics) => topics.seedEvents(topic, EVENTS), scope);
    expect(await has()).toBe(true);
    expect(await has({}, { changeId: 'another' })).toBe(false);
    expect(await has(asked, { changeId: 'another' })).toBe(true);
    expect(await has({}, { ...scope, namespace: 'another' })).toBe(false);
    expect(await has({ since: new Date(Date.now() + 60_000) })).toBe(false);
    expect(await has({ since: new Date(Date.now() - 60_000) })).toBe(true);
    expect(await has({ events: EVENTS })).toBe(true);
    expect(await has({ events: EVENTS.slice(1) })).toBe(false);
  });
});

describe('two apps with audit stores of their own, in one namespace and with one change id', () => {
  it('do not take each other’s events for their own, nor one whose store was made anew', async () => {
    const topic = await bench.topic();
    const theirs = { storeId: OTHER_STORE };
    await bench.attempt((topics) => topics.seedEvents(topic, EVENTS), theirs);
    expect(await bench.attempt((topics) => topics.hasEvents(topic))).toBe(false);
    expect(await bench.attempt((topics) => topics.hasEvents(topic), theirs)).toBe(true);
    expect(await bench.attempt((topics) => topics.seedEvents(topic, EVENTS))).toBe(true);
    expect(await valuesOn(topic)).toEqual(['first', 'second', 'first', 'second']);
  });

  it.each([
    ['another store', { storeId: OTHER_STORE }],
    ['another namespace with a dot in it', { namespace: 'shop.seed', changeId: 'orders' }],
  ])('do not shut each other out: %s', async (_, others) => {
    const topic = await bench.topic();
    const scope = { namespace: 'shop', changeId: 'seed.orders', attempt: 2 };
    await bench.attempt(async (topics) => {
      // Its producer has begun, as it does for what it looks for before it seeds.
      await topics.hasEvents(topic);
      await bench.attempt((other) => other.seedEvents(topic, [{ value: 'theirs' }]), { ...scope, ...others });
      expect(await topics.seedEvents(topic, EVENTS)).toBe(true);
    }, scope);
    expect(await valuesOn(topic)).toEqual(['theirs', 'first', 'second']);
  });
});

describe('a transaction that was left open', () => {
  it('by an attempt that died, is over when the next one looks: nothing of it is there, nor can come', async () => {
    const topic = await bench.topic();
    const zombie = await leftOpen(topic, `flamingock.${STORE}.${bench.prefix}.seed-orders`);
    const scope = { changeId: 'seed-orders', attempt: 2 };
    expect(await bench.attempt((topics) => topics.hasEvents(topic), scope)).toBe(false);
    await expect(zombie.commit()).rejects.toMatchObject({ type: expect.stringMatching(/EPOCH|FENCED/) });
    expect(await bench.attempt((topics) => topics.seedEvents(topic, EVENTS), scope)).toBe(true);
    expect(await valuesOn(topic)).toEqual(['first', 'second']);
  });

  it('by somebody else, is waited for: for so long, then it is said', async () => {
    const topic = await bench.topic();
    await bench.attempt((topics) => topics.seedEvents(topic, [{ value: 'before' }]), { changeId: 'other' });
    const theirs = await leftOpen(topic, `${bench.prefix}others`);
    const asked = bench.attempt((topics) => topics.hasEvents(topic), {}, { readTimeoutMs: 500 });
    await expect(asked).rejects.toThrow(/nothing came for 500 ms.*transaction of somebody else/);
    const { groups } = await bench.observer.admin.listGroups();
    expect(groups.filter(({ groupId }) => groupId.includes(bench.prefix))).toEqual([]);
    await theirs.commit();
    expect(await bench.attempt((topics) => topics.hasEvents(topic))).toBe(false);
  });

  it('by the change, is ended with its attempt', async () => {
    const topic = await bench.topic();
    await bench.attempt(async (_, [{ instance }]) => {
      const kafka = instance as Kafka;
      const producer = kafka.producer({ transactionalId: `${bench.prefix}mine`, maxInFlightRequests: 1 });
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: 'forgotten' }] });
    });
    await bench.attempt((topics) => topics.seedEvents(topic, [{ value: 'after' }]));
    expect(await valuesOn(topic)).toEqual(['after']);
  });
});

describe('the clients of a change', () => {
  it('are disconnected with its attempt, also those that it made itself and when it fails', async () => {
    const topic = await bench.topic();
    const groupId = `${topic}-group`;
    const failing = bench.attempt(async (_, [{ instance }]) => {
      const consumer = (instance as Kafka).consumer({ groupId, maxWaitTimeInMs: 100 });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic] });
      await consumer.run({ eachMessage: async () => {} });
      await eventually('the member of the group', async () => (await members(groupId)) === 1);
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await members(groupId)).toBe(0);
  });

  it('end what they have begun before the attempt does, when its await was forgotten', async () => {
    const topic = await bench.topic();
    await bench.attempt(async (_, clients) => {
      const producer = clientOf<{ send(record: object): Promise<unknown> }>(clients, KAFKA_PRODUCER);
      void producer.send({ topic, messages: [{ value: 'forgotten' }] });
    });
    expect(await valuesOn(topic)).toEqual(['forgotten']);
  });

  it('reach nothing outside any change, and come from the container', async () => {
    const injected = KafkaTargetSystem.inject('events', 'KAFKA');
    expect(injected).toMatchObject({ token: 'KAFKA', label: "KafkaTargetSystem 'events'" });
    const [{ instance }] = injected.create(bench.kafka).clients();
    await expect((instance as Kafka).admin().connect()).rejects.toThrow(
      /'events' was used outside any change/,
    );
  });
});

async function members(groupId: string): Promise<number | undefined> {
  const { groups } = await bench.observer.admin.describeGroups([groupId]);
  return groups[0]?.members.length;
}
