import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditStoreError } from 'nestjs-flamingock';
import { StaleFenceError } from 'nestjs-flamingock/kit';
import { DynamoDbAuditStore } from 'nestjs-flamingock/dynamodb';
import { appendToChain } from '../../../lib/core/kit/hash-chain.js';
import { acquired, append, historyOf } from '../../../lib/testing/audit-store/audit-store.workbench.js';
import { assertEntries } from '../../../lib/testing/audit-store/entry-assertions.js';
import { draft } from '../../../lib/testing/audit-store/entry-samples.js';
import { createDynamoLocation, type DynamoLocation, tablesOf } from './support/dynamo-location.js';
import { dropAnswers, failRequests, repeatRequests, watchRequests } from './support/faults.js';

/** What DynamoDB says when somebody else is at the same items. */
const conflict = (): Error =>
  Object.assign(new Error('Transaction cancelled'), {
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
  });

describe('a store whose answers are lost', () => {
  let location: DynamoLocation;
  beforeAll(() => {
    location = createDynamoLocation();
  });
  afterAll(() => location.drop());

  const opened = async (namespace: string) => {
    const client = location.client();
    const store = new DynamoDbAuditStore(client, { namespace, auditTable: tablesOf(location).auditTable });
    await store.open();
    return { store, client };
  };

  it('does not claim that an append was refused, and its entries are there once', async () => {
    const { store, client } = await opened('append');
    const fence = await acquired(store);
    dropAnswers(client, 'TransactWriteItemsCommand');
    const entries = appendToChain((await store.snapshot()).head, [draft()]);
    await expect(store.append(entries, fence)).rejects.toThrow(/socket hang up/);
    assertEntries(await historyOf(store), entries);
    expect((await store.snapshot()).head).toEqual({ seq: 1, hash: entries[0]?.hash });
  });

  it('appends once although the SDK sends the request twice', async () => {
    const { store, client } = await opened('twice');
    const fence = await acquired(store);
    repeatRequests(client, 'TransactWriteItemsCommand');
    const entries = await append(store, fence, [draft(), draft({ state: 'APPLIED' })]);
    assertEntries(await historyOf(store), entries);
    expect(entries).toHaveLength(2);
  });

  it('knows that it has the lease although the SDK asks twice for it', async () => {
    const { store, client } = await opened('acquire');
    repeatRequests(client, 'UpdateItemCommand');
    const fence = await acquired(store);
    expect(fence.token).toBe(1);
    expect(await store.renew(fence)).toBe(true);
  });

  it('asks again while others are at the same items', async () => {
    const { store, client } = await opened('busy');
    const fence = await acquired(store);
    const sent = watchRequests(client);
    failRequests(client, 'TransactWriteItemsCommand', conflict(), 3);
    const entries = await append(store, fence, [draft()]);
    assertEntries(await historyOf(store), entries);
    const tokens = sent
      .filter(({ command }) => command === 'TransactWriteItemsCommand')
      .map(({ input }) => Reflect.get(input as object, 'ClientRequestToken') as unknown);
    expect(tokens).toHaveLength(4);
    expect(new Set(tokens).size).toBe(1);
  });

  it('does not take a conflict that does not end for an answer', async () => {
    const { store, client } = await opened('always busy');
    const fence = await acquired(store);
    failRequests(client, 'TransactWriteItemsCommand', conflict(), Infinity);
    await expect(append(store, fence, [draft()])).rejects.toThrow(/Transaction cancelled/);
  });

  it('says what was not possible when the server cannot be reached', async () => {
    const { store, client } = await opened('unreachable');
    failRequests(client, 'QueryCommand', new Error('connect ECONNREFUSED'), 1);
    const error: unknown = await store.snapshot().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuditStoreError);
    expect(String(error)).toMatch(/cannot be read: connect ECONNREFUSED/);
    expect((await store.snapshot()).ready).toBe(true);
  });

  it('still tells a former holder that it is one', async () => {
    const { store } = await opened('former');
    const old = await acquired(store);
    await store.release(old);
    await acquired(store);
    await expect(append(store, old, [draft()])).rejects.toThrow(StaleFenceError);
  });
});
