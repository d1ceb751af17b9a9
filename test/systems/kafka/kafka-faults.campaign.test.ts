import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Kafka, logLevel, type KafkaConfig } from 'kafkajs';
import { Recipes } from 'nestjs-flamingock';
import { SASL_USER, startKafka } from '../../servers/kafka.mjs';
import { clientOf as given } from './support/clients.js';
import { KafkaBench } from './support/kafka-bench.js';

jest.setTimeout(60_000);

const EVENTS = [{ value: 'first' }, { value: 'second' }];

let server: Awaited<ReturnType<typeof startKafka>>;
let bench: KafkaBench;
beforeAll(async () => {
  server = await startKafka();
  bench = await KafkaBench.start(clientOf({ brokers: [server.url] }));
});
afterAll(async () => {
  await bench?.stop();
  await server?.stop();
});

function clientOf(config: KafkaConfig): Kafka {
  return new Kafka({ logLevel: logLevel.NOTHING, ...config });
}

/** An attempt that may fail, and the next one when the broker is there again: the events are there once. */
async function seedsOnce(
  topic: string,
  guard: () => void,
  recovered = (): Promise<void> | undefined => undefined,
): Promise<unknown> {
  const seed = (scope: object) => bench.attempt((topics) => topics.seedEvents(topic, EVENTS), scope);
  const first = await seed({ guard }).catch((error: unknown) => error);
  await recovered();
  await seed({ attempt: 2 });
  expect((await bench.observer.events(topic)).map(({ value }) => String(value))).toEqual(['first', 'second']);
  expect(await bench.attempt((topics) => topics.hasEvents(topic), { attempt: 2 })).toBe(true);
  return first;
}

/** Does something at the nth time that the attempt asks whether it may go on. */
function atGuard(count: number, work: () => void): () => void {
  let asked = 0;
  return () => {
    asked += 1;
    if (asked === count) work();
  };
}

/** When the attempt that seeds asks; in between, before it sends. */
const BEFORE = { look: 1, commit: 3 } as const;

describe('a broker', () => {
  it.each(['look', 'commit'] as const)(
    'that dies before the %s and comes back: the events are there once',
    async (step) => {
      const topic = await bench.topic();
      let back: Promise<void> | undefined;
      const dies = (): void => {
        process.kill(server.pid, 'SIGKILL');
        back = server.restart();
      };
      const first = await seedsOnce(topic, atGuard(BEFORE[step], dies), () => back);
      expect(first === true || first instanceof Error).toBe(true);
    },
  );

  it('that answers late: the change waits for it, and the events are there once', async () => {
    const topic = await bench.topic();
    const stalls = (): void => {
      const { pid } = server;
      process.kill(pid, 'SIGSTOP');
      setTimeout(() => process.kill(pid, 'SIGCONT'), 1_000);
    };
    expect(await seedsOnce(topic, atGuard(BEFORE.commit, stalls))).toBe(true);
  });
});

describe('a client', () => {
  const sasl = (password: string): KafkaConfig => ({
    brokers: [server.saslUrl],
    sasl: { mechanism: 'plain', username: SASL_USER.username, password },
    retry: { retries: 1, initialRetryTime: 50 },
  });

  it('with the right password may work, with a wrong one it is told so and nothing is done', async () => {
    const topic = bench.name();
    const right = await KafkaBench.start(clientOf(sasl(SASL_USER.password)));
    expect(await right.attempt((topics) => topics.describeTopic(topic))).toBeUndefined();
    await right.observer.close();
    const wrong = bench.with(clientOf(sasl('guessed')));
    const asked = wrong.attempt((topics) => topics.ensureTopic({ topic }));
    await expect(asked).rejects.toThrow(/SASL PLAIN authentication failed/);
    expect(await bench.observer.topics(topic)).toEqual([]);
  });

  it('that may not do it is told so, and what was refused keeps nothing from being put back', async () => {
    const topic = await bench.topic();
    const rule = { resource: topic, principal: `User:${SASL_USER.username}` };
    const may = (['describe', 'describe-configs', 'alter-configs'] as const).map((operation) => ({
      ...rule,
      operation,
    }));
    // Whoever may delete on the cluster may delete every topic.
    const cluster = { ...rule, resourceType: 'cluster', resource: 'kafka-cluster' } as const;
    const mayNot = { ...cluster, operation: 'delete', permission: 'deny' } as const;
    await bench.attempt((topics) => topics.createAcls([...may, mayNot]));
    await bench.with(clientOf(sasl(SASL_USER.password))).attempt(async (topics, clients) => {
      await topics.alterConfiguration(topic, { 'retention.ms': 60_000 });
      const refused = /refuses to .* topic '.*TOPIC_AUTHORIZATION_FAILED[^]*the right to do it/;
      await expect(topics.addPartitions(topic, 3)).rejects.toThrow(refused);
      await expect(topics.ensureTopic({ topic, partitions: 3 })).rejects.toThrow(refused);
      await expect(topics.deleteTopic(topic, { allowDelete: true })).rejects.toThrow(refused);
      await expect(topics.addPartitions(`${topic}-none`, 3)).rejects.toThrow(/There is no topic/);
      const recipes = given<Recipes>(clients, Recipes);
      expect(recipes.performed).toEqual([`configure topic '${topic}' (retention.ms)`]);
      await recipes.undo();
    });
    expect(await bench.overrides(topic)).toEqual({});
  });

  it('of a cluster that is not there is told so', async () => {
    const nowhere = bench.with(
      clientOf({ brokers: ['127.0.0.1:1'], retry: { retries: 1, initialRetryTime: 50 } }),
    );
    const asked = nowhere.attempt((topics) => topics.ensureTopic({ topic: 'orders' }));
    await expect(asked).rejects.toThrow(/ECONNREFUSED 127\.0\.0\.1:1/);
  });
});
