import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoDbAuditStore, DynamoDbTargetSystem } from 'nestjs-flamingock/dynamodb';
import { assertOutcomes } from '../../../lib/testing/recovery/expectations.js';
import type { PairLocation } from '../../../lib/testing/recovery/recovery.pair.js';
import type { Scene } from '../../../lib/testing/recovery/scene.js';
import { play } from '../pairs/play.js';
import { createDynamoLocation, type DynamoLocation, tablesOf } from './support/dynamo-location.js';
import { dynamoPair } from './support/dynamo-pair.js';
import { createEffectTable, effectNames, seesEffect, writerOf } from './support/effects.js';
import { dropAnswers, repeatRequests, watchRequests } from './support/faults.js';

const COMMIT = 'TransactWriteItemsCommand';

describe.each(['shared', 'dynamodb'] as const)('a commit without an answer (%s)', (audit) => {
  let effects: DynamoLocation;
  let observer: DynamoDBDocumentClient;
  let TableName: string;
  beforeAll(async () => {
    effects = createDynamoLocation();
    observer = effects.client();
    TableName = tablesOf(effects).effectTable;
    await createEffectTable(observer, TableName);
  });
  afterAll(() => effects.drop());

  const playing = (scenario: (scene: Scene, client: DynamoDBDocumentClient) => Promise<void>) => {
    const clients: DynamoDBDocumentClient[] = [];
    const pair = {
      ...dynamoPair(audit),
      capabilities: [],
      effect: (...[given, name]: Parameters<typeof writeEffect>) => writeEffect(given, name),
      sees: (...[given, name]: Parameters<typeof writeEffect>) => seesEffect(given, TableName, name),
    };
    const writeEffect = (given: Parameters<typeof writerOf>[0], name: string): Promise<void> =>
      writerOf(given).put({ TableName, Item: { name } });
    return play(
      pair,
      async () => createLocation(audit, effects, observer, clients),
      (scene) => scenario(scene, clients.at(-1)!),
    );
  };

  it('is sent again with its token, and happens once', () =>
    playing(async (scene, client) => {
      const c1 = scene.change('c1');
      const sent = watchRequests(client);
      dropAnswersOfCommits(client, TableName, 2);
      assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'applied' });
      await scene.assertRest({ c1: 'S A' }, ['c1']);
      const tokens = sent
        .filter(({ command, input }) => command === COMMIT && mentions(input, TableName))
        .map(({ input }) => Reflect.get(input as object, 'ClientRequestToken') as unknown);
      expect(tokens).toHaveLength(3);
      expect(new Set(tokens).size).toBe(1);
      expect(c1.calls).toEqual(['apply']);
    }));

  it('is looked up when no answer comes at all, and was applied', () =>
    playing(async (scene, client) => {
      const [c1, c2] = [scene.change('c1'), scene.change('c2')];
      dropAnswersOfCommits(client, TableName, 4);
      const outcomes = { c1: 'applied', c2: 'applied' };
      assertOutcomes(await scene.app.run([c1, c2]), 'succeeded', outcomes);
      await scene.assertRest({ c1: 'S A', c2: 'S A' }, ['c1', 'c2']);
      expect(c1.calls).toEqual(['apply']);
    }));

  it('happens once although it arrives twice', () =>
    playing(async (scene, client) => {
      repeatRequests(client, COMMIT);
      const c1 = scene.change('c1');
      assertOutcomes(await scene.app.run([c1]), 'succeeded', { c1: 'applied' });
      await scene.assertRest({ c1: 'S A' }, ['c1']);
      expect(c1.calls).toEqual(['apply']);
    }));
});

/** Only those of a change: an append by the same client gets its answer. */
function dropAnswersOfCommits(client: DynamoDBDocumentClient, table: string, times: number): void {
  dropAnswers(client, COMMIT, times, (input) => mentions(input, table));
}

function mentions(input: unknown, table: string): boolean {
  return JSON.stringify(input).includes(`"${table}"`);
}

async function createLocation(
  audit: 'shared' | 'dynamodb',
  effects: DynamoLocation,
  observer: DynamoDBDocumentClient,
  clients: DynamoDBDocumentClient[],
): Promise<PairLocation> {
  const { auditTable, markerTable, effectTable } = tablesOf(effects);
  return {
    connect: async (namespace) => {
      const client = effects.client();
      clients.push(client);
      return {
        store: new DynamoDbAuditStore(audit === 'shared' ? client : effects.client(), {
          namespace,
          auditTable,
        }),
        target: new DynamoDbTargetSystem('catalog', client, { markerTable }),
        close: async () => {},
      };
    },
    effects: () => effectNames(observer, effectTable),
    drop: async () => {},
  };
}
