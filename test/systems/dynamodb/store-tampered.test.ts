import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditIntegrityError } from 'nestjs-flamingock';
import { DynamoDbTargetSystem } from 'nestjs-flamingock/dynamodb';
import { errorOf } from '../../../lib/testing/recovery/expectations.js';
import { RecoveryBench } from '../../../lib/testing/recovery/recovery.bench.js';
import type { SampleChange } from '../../../lib/testing/recovery/sample-change.js';
import type { Scene } from '../../../lib/testing/recovery/scene.js';
import {
  createDynamoLocation,
  cutChain,
  type DynamoLocation,
  keysIn,
  tablesOf,
} from './support/dynamo-location.js';
import { dynamoAudits, dynamoPair } from './support/dynamo-pair.js';
import { createEffectTable, effectNames, seesEffect, writerOf } from './support/effects.js';

type Key = Record<string, string>;

/** c1 has the entries 1 and 2, c2 has 3 and 4. c3 is new, so that what is settled does not spare the full read. */
interface Tampered {
  readonly scene: Scene;
  readonly changes: readonly SampleChange[];
  readonly keys: ReturnType<typeof keysIn>;
}

describe('an audit in DynamoDB that was changed by hand', () => {
  let location: DynamoLocation;
  let client: DynamoDBDocumentClient;
  let bench: RecoveryBench;
  let TableName: string;
  beforeAll(async () => {
    location = createDynamoLocation();
    client = location.client();
    const { auditTable, effectTable, markerTable } = tablesOf(location);
    TableName = auditTable;
    await createEffectTable(client, effectTable);
    const audits = dynamoAudits(location);
    bench = new RecoveryBench({
      ...dynamoPair('shared'),
      capabilities: [],
      effect: (clients, name) => writerOf(clients).put({ TableName: effectTable, Item: { name } }),
      sees: (clients, name) => seesEffect(clients, effectTable, name),
      createLocation: async () => ({
        connect: async (namespace) => ({
          ...(await audits.connect(namespace, undefined, client)),
          target: new DynamoDbTargetSystem('catalog', client, { markerTable }),
        }),
        effects: () => effectNames(client, effectTable),
        drop: () => location.drop(),
      }),
    });
    await bench.start();
  });
  afterAll(() => bench.stop());

  const edit = (key: Key, to: Key) => {
    const names = Object.keys(to);
    return client.send(
      new UpdateCommand({
        TableName,
        Key: key,
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, to[name]])),
      }),
    );
  };
  const remove = (key: Key) => client.send(new DeleteCommand({ TableName, Key: key }));
  const copy = async (from: Key, to: Key) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: from }));
    await client.send(new PutCommand({ TableName, Item: { ...Item, ...to } }));
  };

  const play = (work: (tampered: Tampered) => Promise<void>) =>
    bench.use(async (scene) => {
      const changes = ['c1', 'c2', 'c3'].map((id) => scene.change(id));
      await scene.app.run(changes.slice(0, 2));
      await work({ scene, changes, keys: keysIn(scene.namespace) });
      expect(changes.map(({ calls }) => calls)).toEqual([['apply'], ['apply'], []]);
    });

  const refuses = async ({ scene, changes }: Tampered, ...texts: string[]) =>
    errorOf(await scene.app.run(changes), AuditIntegrityError, 'by hand', ...texts);
  const finds = async ({ scene }: Tampered, seq: number, reason: RegExp) => {
    const { intact, firstBad } = await scene.app.verifyAudit();
    expect([intact, firstBad?.seq]).toEqual([false, seq]);
    expect(firstBad?.reason).toMatch(reason);
  };

  it('runs nothing when the latest item of a change was edited', () =>
    play(async (tampered) => {
      await edit(tampered.keys.latest('c1'), { state: 'FAILED' });
      await refuses(tampered, "entry 2 of change 'c1' (FAILED)");
      await finds(tampered, 2, /latest entry of 'c1' was altered/);
    }));

  it('shows a latest item that is an older entry', () =>
    play(async (tampered) => {
      const { entry, latest } = tampered.keys;
      await copy(entry(1), latest('c1'));
      await finds(tampered, 2, /latest entry of 'c1' is entry 1, an older one/);
    }));

  it('shows a latest item that is not in the chain', () =>
    play(async (tampered) => {
      const { latest } = tampered.keys;
      await copy(latest('c2'), latest('c9'));
      await edit(latest('c9'), { changeId: 'c9' });
      await finds(tampered, 4, /latest entry of 'c9' is not in the chain/);
    }));

  it('shows a latest item that is gone', () =>
    play(async (tampered) => {
      await remove(tampered.keys.latest('c1'));
      await finds(tampered, 2, /does not count it as the latest of 'c1'/);
    }));

  it('runs nothing when entries are gone, some or all', () =>
    play(async (tampered) => {
      for (const after of [2, 0]) {
        await cutChain(location, tampered.scene.namespace, after);
        await refuses(tampered, 'ends with entry 4', `the last entry there is ${after}`);
        await finds(tampered, after + 1, /entries were removed/);
      }
    }));

  it('runs nothing when the last entry is another one', () =>
    play(async (tampered) => {
      const { entry } = tampered.keys;
      await edit(entry(4), { hash: 'f'.repeat(64) });
      await refuses(tampered, 'it was replaced');
      await finds(tampered, 4, /altered/);
    }));

  it('runs nothing when somebody put items behind the last entry', () =>
    play(async (tampered) => {
      const { entry } = tampered.keys;
      for (const sk of [entry(9).sk, 'by-hand']) {
        await copy(entry(4), { ...entry(9), sk });
        await edit({ ...entry(9), sk }, { hash: 'f'.repeat(64) });
        await refuses(tampered, 'it was replaced');
        await remove({ ...entry(9), sk });
      }
    }));

  it('runs nothing when the record of the lock is gone', () =>
    play(async (tampered) => {
      await remove(tampered.keys.head);
      await refuses(tampered, 'there is an entry 4', 'the record of the lock was removed');
      await finds(tampered, 1, /the record of the lock was removed/);
    }));
});
