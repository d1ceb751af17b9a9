import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Admin, Kafka, Producer, Transaction } from 'kafkajs';
import { KAFKA_ADMIN, KAFKA_PRODUCER, KafkaTargetSystem } from 'nestjs-flamingock/kafka';
import { type Effect, targetSystemContract } from 'nestjs-flamingock/testing';
import { makeTopic } from '../../../lib/systems/kafka/topics/make-topic.js';
import { clientOf, topicsOf } from './support/clients.js';
import { newPrefix, testKafka } from './support/kafka-location.js';
import { KafkaObserver } from './support/kafka-observer.js';

const PREFIX = newPrefix();
const EVENTS = `${PREFIX}events`;

const topicNamed = (name: string) => ({ topic: `${PREFIX}${name}`, numPartitions: 1 });
const eventNamed = (name: string) => ({ topic: EVENTS, messages: [{ value: name }] });

const byKafka =
  (work: (kafka: Kafka, name: string) => Promise<unknown>): Effect =>
  async ([{ instance }], name) =>
    void (await work(instance as Kafka, name));

const byAdmin =
  (work: (admin: Admin, name: string) => Promise<unknown>): Effect =>
  async (clients, name) =>
    void (await work(clientOf<Admin>(clients, KAFKA_ADMIN), name));

const byProducer =
  (work: (producer: Producer, name: string) => Promise<unknown>): Effect =>
  async (clients, name) =>
    void (await work(clientOf<Producer>(clients, KAFKA_PRODUCER), name));

async function beginTransaction(kafka: Kafka): Promise<Transaction> {
  const producer = kafka.producer({ transactionalId: `${PREFIX}by-hand`, maxInFlightRequests: 1 });
  await producer.connect();
  return producer.transaction();
}

let observer: KafkaObserver;

beforeAll(async () => {
  observer = await KafkaObserver.connect(testKafka());
  await makeTopic(observer.admin, topicNamed('events'));
});
afterAll(() => observer.drop(PREFIX));

targetSystemContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'kafka',
    transactional: false,
    effects: {
      'Kafka.admin().createTopics': byKafka(async (kafka, name) => {
        const admin = kafka.admin();
        await admin.connect();
        await makeTopic(admin, topicNamed(name));
      }),
      'Kafka.producer().send': byKafka(async (kafka, name) => {
        const producer = kafka.producer();
        await producer.connect();
        await producer.send(eventNamed(name));
      }),
      'Kafka.producer().transaction()': byKafka(async (kafka, name) => {
        const transaction = await beginTransaction(kafka);
        await transaction.send(eventNamed(name));
        await transaction.commit();
        // Readers see it a moment after the commit; the next one begins when they do.
        await beginTransaction(kafka);
      }),
      'admin.createTopics': byAdmin((admin, name) => makeTopic(admin, topicNamed(name))),
      'producer.send': byProducer((producer, name) => producer.send(eventNamed(name))),
      'producer.sendBatch': byProducer((producer, name) =>
        producer.sendBatch({ topicMessages: [eventNamed(name)] }),
      ),
      'KafkaTopics.ensureTopic': (clients, name) =>
        topicsOf(clients).ensureTopic({ topic: `${PREFIX}${name}`, partitions: 1 }),
      'KafkaTopics.seedEvents': async (clients, name) =>
        void (await topicsOf(clients).seedEvents(EVENTS, [{ value: name }])),
    },
    // Every effect has a name of its own, so all places may be one.
    createLocation: async () => ({
      connect: async () => ({ target: new KafkaTargetSystem('events', testKafka()), close: async () => {} }),
      effects: async () => [
        ...(await observer.topics(PREFIX)).map((topic) => topic.slice(PREFIX.length)),
        ...(await observer.events(EVENTS)).map(({ value }) => String(value)),
      ],
      drop: async () => {},
    }),
  },
);
