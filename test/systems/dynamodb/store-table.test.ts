import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditStoreError } from 'nestjs-flamingock';
import { DynamoDbAuditStore, DynamoDbTargetSystem } from 'nestjs-flamingock/dynamodb';
import { attemptScope, chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { WITNESS } from '../../../lib/testing/target-system/fence-row.contract.js';
import { atOnce } from '../../../lib/testing/waiting.js';
import { createDynamoLocation, type DynamoLocation, tablesOf } from './support/dynamo-location.js';
import { failRequests, watchRequests } from './support/faults.js';

const rejection = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('it was to fail'),
    (error: Error) => error,
  );

/** The definition in an error message. */
function definitionIn({ message }: Error): ConstructorParameters<typeof CreateTableCommand>[0] {
  const [, json = ''] = /create-table --cli-input-json '(.*)'/.exec(message) ?? [];
  return JSON.parse(json) as ConstructorParameters<typeof CreateTableCommand>[0];
}

describe('the table of the store', () => {
  let location: DynamoLocation;
  let client: DynamoDBDocumentClient;
  beforeAll(() => {
    location = createDynamoLocation();
    client = location.client();
  });
  afterAll(() => location.drop());

  it('is created by one of 8 replicas, billed on demand', async () => {
    const { auditTable } = tablesOf(location);
    const clients = Array.from({ length: 8 }, () => location.client());
    const watched = clients.map(watchRequests);
    const stores = clients.map((each) => new DynamoDbAuditStore(each, { auditTable }));
    await atOnce(8, async (index) => stores[index]?.open());
    const { Table } = await client.send(new DescribeTableCommand({ TableName: auditTable }));
    expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
    const created = watched
      .flat()
      .filter(({ command, output }) => command === 'CreateTableCommand' && output);
    expect(created).toHaveLength(1);
  });

  it('that is missing and must not be created is an error with the very definition that creates it', async () => {
    const auditTable = `${location.prefix}by_hand`;
    const store = new DynamoDbAuditStore(client, { auditTable, createTables: false });
    const error = await rejection(store.open());
    expect(error).toBeInstanceOf(AuditStoreError);
    expect(error.message).toMatch(/createTables is false/);
    expect(error.message).toMatch(/dynamodb:GetItem, Query, PutItem and UpdateItem/);
    const definition = definitionIn(error);
    expect(definition).toEqual(store.tableDefinition());
    expect((await store.snapshot()).ready).toBe(false);
    await client.send(new CreateTableCommand(definition));
    await store.open();
    expect((await store.snapshot()).ready).toBe(true);
  });

  it('that may not be created is an error with the definition, the rights and the reason', async () => {
    const own = location.client();
    const denied = Object.assign(new Error('User is not authorized'), { name: 'AccessDeniedException' });
    failRequests(own, 'CreateTableCommand', denied);
    const store = new DynamoDbAuditStore(own, { auditTable: `${location.prefix}denied` });
    const error = await rejection(store.open());
    expect(error.message).toMatch(/cannot be created: User is not authorized/);
    expect(definitionIn(error)).toEqual(store.tableDefinition());
    expect(error.cause).toMatchObject({ name: denied.name, message: denied.message });
  });

  it('that is there is not to be created by a role that may only read', async () => {
    const own = location.client();
    const auditTable = `${location.prefix}read_only`;
    await new DynamoDbAuditStore(client, { auditTable }).open();
    const denied = Object.assign(new Error('User is not authorized'), { name: 'AccessDeniedException' });
    failRequests(own, 'UpdateItemCommand', denied);
    const store = new DynamoDbAuditStore(own, { auditTable });
    const error = await rejection(store.acquire({ holder: 'x', host: 'h', leaseMs: 1_000 }));
    expect(error.message).toMatch(/To fix:\n.*UpdateItem on table.*\n.*FLAMINGOCK_ON_BOOTSTRAP=check$/);
  });

  it('can be that of many namespaces, and not of a blank one', () => {
    for (const namespace of ['', ' ', 'x'.repeat(201)])
      expect(() => new DynamoDbAuditStore(client, { namespace })).toThrow(AuditStoreError);
  });

  it('of a target system is told about likewise', async () => {
    const markerTable = `${location.prefix}markers_by_hand`;
    const target = new DynamoDbTargetSystem('catalog', client, { markerTable, createTables: false });
    const error = await rejection(target.markers(chainIn('default')).open());
    expect(error.message).toMatch(/'catalog'.*createTables is false/s);
    await client.send(new CreateTableCommand(definitionIn(error)));
    await target.markers(chainIn('default')).open();
    expect((await target.markers(chainIn('default')).raiseFence(1)).token).toBe(1);
  });

  it('of a target system that has no item for the namespace asks for open()', async () => {
    const { markerTable } = tablesOf(location);
    const target = new DynamoDbTargetSystem('catalog', client, { markerTable });
    await target.markers(chainIn('default')).open();
    const other = attemptScope(chainIn('other'));
    const raising = target.transaction(other, (transaction) => transaction.raiseFence(1, WITNESS));
    await expect(raising).rejects.toThrow(/'other'.*open\(\) first/s);
  });
});
