import { randomBytes } from 'node:crypto';
import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditStoreError } from 'nestjs-flamingock';
import { AppendRefusedError } from 'nestjs-flamingock/kit';
import { DynamoDbAuditStore } from 'nestjs-flamingock/dynamodb';
import { appendToChain } from '../../../lib/core/kit/hash-chain.js';
import { acquired, append, historyOf } from '../../../lib/testing/audit-store/audit-store.workbench.js';
import { assertEntries } from '../../../lib/testing/audit-store/entry-assertions.js';
import { draft, HARD_DRAFTS } from '../../../lib/testing/audit-store/entry-samples.js';
import { createDynamoLocation, type DynamoLocation, keysIn, tablesOf } from './support/dynamo-location.js';
import { alterAnswer, watchRequests } from './support/faults.js';

const isQuery = (command: string): boolean => command === 'QueryCommand';
const isQueryOfLatest = (command: string, input: object): boolean =>
  isQuery(command) && JSON.stringify(input).includes('state#');
const itemsOf = (output: unknown) => (output as QueryCommandOutput).Items ?? [];

describe('what the store asks of DynamoDB', () => {
  let location: DynamoLocation;
  beforeAll(() => {
    location = createDynamoLocation();
  });
  afterAll(() => location.drop());

  const lastEntry = (namespace: string) =>
    new QueryCommand({
      TableName: tablesOf(location).auditTable,
      KeyConditionExpression: 'pk = :pk AND sk < :head',
      ExpressionAttributeValues: { ':pk': { S: `log#${namespace}` }, ':head': { S: 'head' } },
      ScanIndexForward: false,
      Limit: 1,
    });
  const opened = async (namespace: string, client: DynamoDBDocumentClient = location.client()) => {
    const store = new DynamoDbAuditStore(client, { namespace, auditTable: tablesOf(location).auditTable });
    await store.open();
    return { store, client };
  };

  it('is one query for a summary and two for a snapshot, which do not grow with the history', async () => {
    const { store, client } = await opened('long');
    const fence = await acquired(store);
    for (let attempt = 1; attempt <= 10; attempt++)
      await append(
        store,
        fence,
        Array.from({ length: 20 }, (_, index) => draft({ changeId: `c-${index % 2}`, attempt })),
      );
    const sent = watchRequests(client);
    const { last } = await store.summary();
    const { latest, head } = await store.snapshot();
    expect([last.seq, latest.length, head.seq]).toEqual([200, 2, 200]);
    expect(sent.map(({ command }) => command)).toEqual(['QueryCommand', 'QueryCommand', 'QueryCommand']);
    for (const { output } of sent) expect(output).toMatchObject({ ScannedCount: 2 });
  });

  it('is two items once more, as of one moment, when the head was seen without its entry', async () => {
    const { store, client } = await opened('torn');
    const fence = await acquired(store);
    await append(store, fence, [draft()]);
    const other = await opened('torn');
    alterAnswer(other.client, isQuery, async (output) => {
      const [head, before] = itemsOf(output);
      await append(store, fence, [draft({ state: 'APPLIED' })]);
      const [after] = itemsOf(await client.send(lastEntry('torn')));
      expect(before?.['sk']).not.toEqual(after?.['sk']);
      return { Items: [head, after] };
    });
    const sent = watchRequests(other.client);
    const { head, last } = await other.store.summary();
    expect([head, last]).toEqual([(await store.summary()).head, head]);
    expect(head.seq).toBe(2);
    expect(sent.map(({ command }) => command)).toEqual([
      'QueryCommand',
      'TransactGetItemsCommand',
      'QueryCommand',
    ]);
  });

  it('is the latest entries once more when the last one was not yet among them', async () => {
    const { store, client } = await opened('behind');
    const fence = await acquired(store);
    await append(store, fence, [draft()]);
    const sent = watchRequests(client);
    await store.snapshot();
    const Items = itemsOf(sent.at(-1)?.output ?? {});
    await append(store, fence, [draft({ state: 'APPLIED' })]);
    alterAnswer(client, isQueryOfLatest, () => ({ Items }));
    const snapshot = await store.snapshot();
    expect(snapshot.latest.map(({ state }) => state)).toEqual(['APPLIED']);
    expect(snapshot.head.seq).toBe(2);
  });

  it('leaves alone what those who wait for the lease watch when something is settled', async () => {
    const { store, client } = await opened('settled');
    const fence = await acquired(store);
    await append(store, fence, [draft()]);
    await store.release(fence);
    const TableName = tablesOf(location).auditTable;
    const nonce = async (): Promise<unknown> =>
      (await client.send(new GetCommand({ TableName, Key: keysIn('settled').head }))).Item?.['nonce'];
    const before = await nonce();
    await store.settle({ seq: 1, digests: ['d'.repeat(64)] });
    expect((await store.summary()).settled).toEqual({ seq: 1, digests: ['d'.repeat(64)] });
    expect([before, typeof before]).toEqual([await nonce(), 'string']);
  });

  it('is no more than the entries of a change for its history', async () => {
    const { store, client } = await opened('by-change');
    const ids = ['a', 'a#b', 'a#0000000000000001', 'b'];
    const fence = await acquired(store);
    await append(
      store,
      fence,
      Array.from({ length: 40 }, (_, index) => draft({ changeId: ids[index % 4] })),
    );
    const sent = watchRequests(client);
    const found = [];
    for await (const entry of store.history({ changeId: 'b' })) found.push(entry.seq);
    expect(found).toEqual([4, 8, 12, 16, 20, 24, 28, 32, 36, 40]);
    expect(sent.at(-1)?.output).toMatchObject({ ScannedCount: 10 });
    for await (const { changeId } of store.history({ changeId: 'a' })) expect(changeId).toBe('a');
  });

  it('is never a scan', async () => {
    const { store, client } = await opened('scanless');
    const sent = watchRequests(client);
    const fence = await acquired(store);
    await append(store, fence, [draft(), draft({ state: 'APPLIED' })]);
    await historyOf(store, { state: 'APPLIED' });
    await store.release(fence);
    expect(sent.filter(({ command }) => command.startsWith('Scan'))).toEqual([]);
    expect(sent.length).toBeGreaterThan(4);
  });

  it('is a consistent read, every time', async () => {
    const { store, client } = await opened('consistent');
    const sent = watchRequests(client);
    await acquired(store);
    await store.snapshot();
    await historyOf(store);
    await historyOf(store, { changeId: 'a' });
    const reads = sent.filter(({ command }) => /^(Get|Query)/.test(command));
    expect(reads.length).toBeGreaterThanOrEqual(4);
    for (const { input } of reads) expect(input).toMatchObject({ ConsistentRead: true });
  });

  it('keeps an error of a megabyte that cannot be compressed', async () => {
    const { store } = await opened('random');
    const error = randomBytes(512 * 1024).toString('hex');
    const entries = await append(store, await acquired(store), [draft({ state: 'FAILED', error })]);
    assertEntries(await historyOf(store), entries);
    assertEntries((await store.snapshot()).latest, entries);
    expect(error).toHaveLength(1024 * 1024);
  });

  it('keeps every entry exactly, whatever the options of the client are', async () => {
    const client = location.client({
      marshallOptions: {
        convertEmptyValues: true,
        removeUndefinedValues: true,
        convertClassInstanceToMap: true,
      },
      unmarshallOptions: { wrapNumbers: true },
    });
    const { store } = await opened('options', client);
    const entries = await append(store, await acquired(store), Object.values(HARD_DRAFTS));
    assertEntries(await historyOf(store), entries);
    expect(entries.length).toBeGreaterThan(8);
  });

  it('keeps texts with NUL and half a surrogate pair', async () => {
    const { store } = await opened('texts');
    const entries = await append(store, await acquired(store), [
      draft({ changeId: 'a\u0000b', error: 'x\ud800y\u0000', metadata: { '\ud800': '\u0000' } }),
      draft({ changeId: 'json:"a"', description: 'json:' }),
    ]);
    assertEntries(await historyOf(store), entries);
    assertEntries(await historyOf(store, { changeId: 'a\u0000b' }), entries.slice(0, 1));
  });

  it('takes 49 entries at once, and answers that 50 are too many', async () => {
    const { store } = await opened('many');
    const fence = await acquired(store);
    const drafts = Array.from({ length: 50 }, (_, index) => draft({ changeId: `c-${index}` }));
    await expect(append(store, fence, drafts)).rejects.toThrow(AppendRefusedError);
    await append(store, fence, drafts.slice(0, 49));
    expect((await store.snapshot()).latest).toHaveLength(49);
  });

  it('answers that an id is too long for a key', async () => {
    const { store } = await opened('ids');
    const failing = append(store, await acquired(store), [draft({ changeId: 'é'.repeat(501) })]);
    await expect(failing).rejects.toThrow(/has 1002 bytes; DynamoDB takes 1000/);
  });

  it('answers that an append is larger than a transaction may be', async () => {
    const { store } = await opened('large');
    const error = randomBytes(4 * 1024 * 1024).toString('hex');
    const failing = append(store, await acquired(store), [draft({ error })]);
    await expect(failing).rejects.toThrow(AppendRefusedError);
    expect((await store.snapshot()).head.seq).toBe(0);
  });

  it('refuses a session that is not its own', async () => {
    const { store } = await opened('session');
    const entries = appendToChain((await store.snapshot()).head, [draft()]);
    await expect(store.append(entries, await acquired(store), {})).rejects.toThrow(AuditStoreError);
  });
});
