import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, type Admin, type Producer } from 'kafkajs';
import { Apply, Change, Client, Flamingock, Recipes, Rollback, Verify } from 'nestjs-flamingock';
import { KAFKA_ADMIN, KAFKA_PRODUCER, KafkaTargetSystem, KafkaTopics } from 'nestjs-flamingock/kafka';
import { MemoryAuditStore, MemoryDatabase } from 'nestjs-flamingock/memory';
import { compiled } from '../../nest/support/apps.js';
import { KafkaBench } from './support/kafka-bench.js';

const site = { author: 'shop-team', targetSystem: 'events' };
let bench: KafkaBench;
let orders: string;
beforeAll(async () => {
  bench = await KafkaBench.start();
  orders = bench.name();
});
afterAll(() => bench.stop());

@Change({ id: 'add-orders', order: '0001', ...site })
class AddOrders {
  static fails = true;

  @Apply()
  async apply(topics: KafkaTopics, kafka: Kafka, @Client(KAFKA_ADMIN) admin: Admin): Promise<void> {
    await topics.ensureTopic({ topic: orders, partitions: 1 });
    expect(kafka).toBeInstanceOf(Kafka);
    expect(await admin.listTopics()).toContain(orders);
    if (AddOrders.fails) throw new Error('half way');
  }

  @Rollback()
  async rollback(recipes: Recipes): Promise<void> {
    expect(recipes.performed).toEqual([`ensure topic '${orders}' (1 partition)`]);
    await recipes.undo();
  }
}

@Change({ id: 'seed-kafka-events', order: '0002', ...site, rollback: 'none' })
class SeedKafkaEvents {
  static dies = true;

  @Apply()
  async apply(topics: KafkaTopics): Promise<void> {
    await topics.seedEvents(orders, [{ key: '1', value: 'first' }]);
    if (SeedKafkaEvents.dies) throw new Error('after its effect');
  }

  @Verify()
  verify(topics: KafkaTopics): Promise<boolean> {
    return topics.hasEvents(orders);
  }
}

@Change({ id: 'send-one', order: '0003', ...site, rollback: 'none' })
class SendOne {
  @Apply()
  async apply(@Client(KAFKA_PRODUCER) producer: Producer): Promise<void> {
    await producer.send({ topic: orders, messages: [{ value: 'second' }] });
  }
}

@Change({ id: 'seed-again', order: '0001', ...site, rollback: 'none', recovery: 'always-retry' })
class SeedAgain {
  @Apply()
  async apply(topics: KafkaTopics): Promise<void> {
    const wasWritten = await topics.seedEvents(orders, [{ value: 'again' }]);
    if (wasWritten) throw new Error('after its effect');
  }
}

describe('an app with changes of a Kafka cluster', () => {
  it('takes back the one that fails; the next boot applies it, and finds the events that were seeded', async () => {
    const database = new MemoryDatabase();
    const boot = async (): Promise<Flamingock> => {
      const app = await compiled(
        {
          providers: [{ provide: Kafka, useValue: bench.kafka }, AddOrders, SeedKafkaEvents, SendOne],
        },
        {
          auditStore: new MemoryAuditStore(database),
          targetSystems: [KafkaTargetSystem.inject('events', Kafka)],
          onBootstrap: 'skip',
        },
      );
      return (await app.init()).get(Flamingock);
    };
    await expect((await boot()).run()).rejects.toThrow(/'add-orders'[^]*was rolled back/);
    expect(await bench.observer.topics(orders)).toEqual([]);
    AddOrders.fails = false;
    await expect((await boot()).run()).rejects.toThrow(/'seed-kafka-events'/);
    const { changes } = await (await boot()).run();
    expect(changes.map(({ outcome }) => outcome)).toEqual(['already-applied', 'reconciled', 'applied']);
    const events = await bench.observer.events(orders);
    expect(events.map(({ value }) => String(value))).toEqual(['first', 'second']);
  });

  it('previews nothing where the events of an earlier attempt are there', async () => {
    await bench.attempt((topics) => topics.ensureTopic({ topic: orders, partitions: 1 }));
    const app = await compiled(
      { providers: [{ provide: Kafka, useValue: bench.kafka }, SeedAgain] },
      {
        auditStore: new MemoryAuditStore(),
        targetSystems: [KafkaTargetSystem.inject('events', Kafka)],
        onBootstrap: 'skip',
      },
    );
    const flamingock = (await app.init()).get(Flamingock);
    await expect(flamingock.run()).rejects.toThrow(/after its effect/);
    const { changes } = await flamingock.plan({ preview: true });
    expect(changes[0]?.preview).toMatchObject({ possible: true, operations: [{ differences: [] }] });
  });
});
