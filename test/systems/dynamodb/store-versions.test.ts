import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditStoreError, TargetSystemError } from 'nestjs-flamingock';
import { DynamoDbAuditStore, DynamoDbTargetSystem } from 'nestjs-flamingock/dynamodb';
import { LeaseWatch } from '../../../lib/core/kit/watched-lease.js';
import { OwnCalls } from '../../../lib/systems/dynamodb/connection/own-calls.js';
import { openNamespace } from '../../../lib/systems/dynamodb/store/open.js';
import { headKey } from '../../../lib/systems/dynamodb/store/store-location.js';
import { readSummary } from '../../../lib/systems/dynamodb/store/summary.js';
import { markerKey } from '../../../lib/systems/dynamodb/target/marker-item.js';
import { DynamoDbMarkerStore } from '../../../lib/systems/dynamodb/target/marker-store.js';
import { acquired, append, historyOf } from '../../../lib/testing/audit-store/audit-store.workbench.js';
import { draft } from '../../../lib/testing/audit-store/entry-samples.js';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { atOnce } from '../../../lib/testing/waiting.js';
import { createDynamoLocation, type DynamoLocation, tablesOf } from './support/dynamo-location.js';

/** What a version 2 of the items may come to: an attribute more. */
const addition = (table: string, Key: ReturnType<typeof markerKey>) => ({
  TableName: table,
  Key,
  UpdateExpression: 'SET #more = :more',
  ConditionExpression: 'attribute_exists(#version)',
  ExpressionAttributeNames: { '#more': 'more', '#version': 'tablesVersion' },
  ExpressionAttributeValues: { ':more': 'of version 2' },
});

describe('items of another version', () => {
  let location: DynamoLocation;
  let client: DynamoDBDocumentClient;
  let calls: OwnCalls;
  beforeAll(() => {
    location = createDynamoLocation();
    client = location.client();
    calls = new OwnCalls(client);
  });
  afterAll(() => location.drop());

  const stored = async (TableName: string, Key: ReturnType<typeof markerKey>) =>
    (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;

  it('of the audit are brought up to date by open(), and refused by who knows only older ones', async () => {
    const { auditTable: table } = tablesOf(location);
    const store = new DynamoDbAuditStore(client, { auditTable: table, namespace: 'shop' });
    await store.open();
    const fence = await acquired(store);
    await append(store, fence, [draft()]);
    const next = {
      calls,
      table,
      namespace: 'shop',
      upgrades: [() => calls.update(addition(table, headKey(next)))],
    };
    const summary = () => readSummary(next, new LeaseWatch(() => performance.now()));
    expect(await summary()).toMatchObject({ ready: false, head: { seq: 1 }, storeId: fence.storeId });

    await atOnce(3, () => openNamespace(next));
    expect(await summary()).toMatchObject({ ready: true, head: { seq: 1 }, storeId: fence.storeId });
    expect(await stored(table, headKey(next))).toMatchObject({ tablesVersion: 2, more: 'of version 2' });
    for (const refused of [store.open(), store.summary(), store.snapshot()]) {
      await expect(refused).rejects.toThrow(AuditStoreError);
      await expect(refused).rejects.toThrow(
        /'shop' in table .* has version 2; .* knows version 1[^]*upgrade nestjs/,
      );
    }
    expect(await historyOf(store)).toHaveLength(1);

    await openNamespace({ ...next, namespace: 'new' });
    expect(await stored(table, headKey({ ...next, namespace: 'new' }))).toMatchObject({ tablesVersion: 2 });
  });

  it('of a target system likewise', async () => {
    const { markerTable: table } = tablesOf(location);
    const target = new DynamoDbTargetSystem('catalog', client, { markerTable: table });
    const chain = chainIn('shop');
    await target.markers(chain).open();
    await target.markers(chain).raiseFence(3);
    const upgrades = [() => calls.update(addition(table, markerKey(chain)))];
    const next = new DynamoDbMarkerStore({ calls, table, targetId: 'catalog', upgrades }, chain, true);
    await atOnce(3, () => next.open());
    expect(await stored(table, markerKey(chain))).toMatchObject({ tablesVersion: 2, more: 'of version 2' });
    expect(await next.raiseFence(3)).toEqual({ token: 3, witness: null });
    for (const refused of [target.markers(chain).open(), target.markers(chain).read()]) {
      await expect(refused).rejects.toThrow(TargetSystemError);
      await expect(refused).rejects.toThrow(/'catalog' has version 2; .* knows version 1[^]*upgrade nestjs/);
    }
    expect(await target.markers(chain).fences()).toEqual([{ ...chain, token: 3, witness: null }]);
  });
});
