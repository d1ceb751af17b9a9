import { CreateTableCommand, ExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateScan,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AttemptEndedError, OutsideTransactionError, TargetSystemError } from 'nestjs-flamingock';
import type { TargetTransaction } from 'nestjs-flamingock/kit';
import { DynamoDbAuditStore, DynamoDbTargetSystem } from 'nestjs-flamingock/dynamodb';
import { appendToChain } from '../../../lib/core/kit/hash-chain.js';
import { acquired } from '../../../lib/testing/audit-store/audit-store.workbench.js';
import { draft } from '../../../lib/testing/audit-store/entry-samples.js';
import { attemptScope, chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { WITNESS } from '../../../lib/testing/target-system/fence-row.contract.js';
import { createDynamoLocation, type DynamoLocation, tablesOf } from './support/dynamo-location.js';
import { clientOf, createEffectTable, effectNames, writerOf } from './support/effects.js';
import { watchRequests } from './support/faults.js';

const MARKER = { changeId: 'a-change', attempt: 1, fence: 1, kind: 'applied' } as const;

describe('the clients of a change on DynamoDB', () => {
  let location: DynamoLocation;
  let app: DynamoDBDocumentClient;
  let target: DynamoDbTargetSystem;
  let TableName: string;
  beforeAll(async () => {
    location = createDynamoLocation();
    app = location.client();
    TableName = tablesOf(location).effectTable;
    target = new DynamoDbTargetSystem('catalog', app, { markerTable: tablesOf(location).markerTable });
    await createEffectTable(app, TableName);
    await target.markers(chainIn('default')).open();
  });
  afterAll(() => location.drop());

  const put = (name: string) => new PutCommand({ TableName, Item: { name } });
  const run = (work: (transaction: TargetTransaction) => Promise<unknown>, given = {}) =>
    target.transaction(attemptScope(given), async (transaction) => {
      await work(transaction);
      await transaction.seal();
      await transaction.raiseFence(1, WITNESS);
      await transaction.writeMarker(MARKER);
    });

  const WRITES = {
    put: () => put('beside'),
    batch: () =>
      new BatchWriteCommand({
        RequestItems: { [TableName]: [{ PutRequest: { Item: { name: 'beside' } } }] },
      }),
    transaction: () => new TransactWriteCommand({ TransactItems: [{ Put: put('beside').input }] }),
  };

  it.each(Object.entries(WRITES))(
    'refuse a %s that would not be in the transaction, by whichever client, and name the table and the ways out',
    async (_, command) => {
      for (const client of [() => app, clientOf]) {
        const failing = run(({ clients }) => client(clients).send(command() as PutCommand));
        await expect(failing).rejects.toThrow(OutsideTransactionError);
        await expect(failing).rejects.toThrow(new RegExp(`'a-change'.*'catalog'.*'${TableName}'`, 's'));
        await expect(failing).rejects.toThrow(/TransactionWriter.*transactional: false.*'allow'/s);
      }
      expect(await effectNames(app, TableName)).not.toContain('beside');
    },
  );

  it('refuse PartiQL that writes, and a new table', async () => {
    const insert = `INSERT INTO "${TableName}" VALUE {'name': 'beside'}`;
    await expect(run(() => app.send(new ExecuteStatementCommand({ Statement: insert })))).rejects.toThrow(
      OutsideTransactionError,
    );
    const table = new CreateTableCommand({
      TableName: `${location.prefix}beside`,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    await expect(run(() => app.send(table))).rejects.toThrow(OutsideTransactionError);
  });

  it('fail the change also when it swallows the error, and everything with it', async () => {
    const failing = run(async ({ clients }) => {
      await writerOf(clients).put({ TableName, Item: { name: 'swallowed' } });
      await app.send(put('beside')).catch(() => undefined);
    });
    await expect(failing).rejects.toThrow(OutsideTransactionError);
    expect(await effectNames(app, TableName)).not.toContain('swallowed');
  });

  it('read whatever there is', async () => {
    await app.send(put('there'));
    const seen: unknown[] = [];
    await run(async ({ clients }) => {
      const client = clientOf(clients);
      seen.push((await client.send(new GetCommand({ TableName, Key: { name: 'there' } }))).Item);
      const query = {
        KeyConditionExpression: '#name = :name',
        ExpressionAttributeNames: { '#name': 'name' },
      };
      const values = { ExpressionAttributeValues: { ':name': 'there' } };
      seen.push((await client.send(new QueryCommand({ TableName, ...query, ...values }))).Count);
      for await (const page of paginateScan({ client }, { TableName })) seen.push(page.Items?.length !== 0);
      const Statement = `SELECT name FROM "${TableName}" WHERE name = 'there'`;
      seen.push((await app.send(new ExecuteStatementCommand({ Statement }))).Items?.length);
    });
    expect(seen).toEqual([{ name: 'there' }, 1, true, 1]);
  });

  it('send all writes, the fence and the marker in one request, as late as possible', async () => {
    const own = location.client();
    const other = new DynamoDbTargetSystem('catalog', own, { markerTable: tablesOf(location).markerTable });
    const sent = watchRequests(own);
    await other.transaction(attemptScope(), async (transaction) => {
      const writer = writerOf(transaction.clients);
      await writer.put({ TableName, Item: { name: 'one' } });
      await writer.delete({ TableName, Key: { name: 'there' } });
      await writer.check({
        TableName,
        Key: { name: 'two' },
        ConditionExpression: 'attribute_not_exists(#n)',
        ExpressionAttributeNames: { '#n': 'name' },
      });
      expect(writer.pending).toHaveLength(3);
      await transaction.seal();
      await transaction.raiseFence(1, WITNESS);
      await transaction.writeMarker(MARKER);
    });
    expect(sent.map(({ command }) => command)).toEqual(['GetItemCommand', 'TransactWriteItemsCommand']);
    expect(Reflect.get(sent[1]?.input as object, 'TransactItems')).toHaveLength(4);
    expect(await effectNames(app, TableName)).toEqual(expect.arrayContaining(['one']));
    expect(await target.markers(chainIn('default')).read()).toEqual([MARKER]);
  });

  const collecting = (count: number) =>
    run(async ({ clients }) => {
      const writer = writerOf(clients);
      for (let index = 0; index < count; index++)
        await writer.put({ TableName, Item: { name: `many-${count}-${index}` } });
    });

  it('take 99 writes beside the marker', async () => {
    await collecting(99);
    const there = (await effectNames(app, TableName)).filter((name) => name.startsWith('many-99-'));
    expect(there).toHaveLength(99);
  });

  it('refuse the write that is too much before anything is sent', async () => {
    const failing = collecting(100);
    await expect(failing).rejects.toThrow(TargetSystemError);
    await expect(failing).rejects.toThrow(
      /has 100 writes or more .*: 99 are left for the change, or 95 where the audit store has the same client;/s,
    );
    expect((await effectNames(app, TableName)).filter((name) => name.startsWith('many-100-'))).toEqual([]);
  });

  it('take fewer beside audit entries, and refuse before anything is sent', async () => {
    const store = new DynamoDbAuditStore(app, { auditTable: tablesOf(location).auditTable });
    await store.open();
    const fence = await acquired(store);
    const entries = appendToChain((await store.snapshot()).head, [draft(), draft({ changeId: 'next' })]);
    const recording = (count: number) =>
      target.transaction(attemptScope(), async (transaction) => {
        for (let index = 0; index < count; index++)
          await writerOf(transaction.clients).put({ TableName, Item: { name: `shared-${index}` } });
        await transaction.seal();
        await store.append(entries, fence, transaction.session);
      });
    await expect(recording(96)).rejects.toThrow(
      /has 96 writes.*5 of them Flamingock's: 95 are left for the change;/s,
    );
    expect((await store.snapshot()).head.seq).toBe(0);
    expect(await effectNames(app, TableName)).not.toContain('shared-0');
    await recording(95);
    expect((await store.snapshot()).head.seq).toBe(2);
    expect(await effectNames(app, TableName)).toContain('shared-94');
  });

  it('name the write whose condition did not hold', async () => {
    const failing = run(async ({ clients }) => {
      await writerOf(clients).put({ TableName, Item: { name: 'with it' } });
      await writerOf(clients).check({
        TableName,
        Key: { name: 'nobody' },
        ConditionExpression: 'attribute_exists(#name)',
        ExpressionAttributeNames: { '#name': 'name' },
      });
    });
    await expect(failing).rejects.toThrow(
      new RegExp(`'a-change'.*ConditionCheck on '${TableName}': ConditionalCheckFailed`, 's'),
    );
    expect(await effectNames(app, TableName)).not.toContain('with it');
  });

  it('work at once outside a transaction, and no longer than the attempt', async () => {
    let stolen: DynamoDBDocumentClient | undefined;
    await target.connect(attemptScope(), async (clients) => {
      stolen = clientOf(clients);
      await stolen.send(put('plain'));
      await app.send(put('plain too'));
      expect(await effectNames(stolen, TableName)).toEqual(expect.arrayContaining(['plain', 'plain too']));
    });
    await expect(stolen?.send(put('late'))).rejects.toThrow(AttemptEndedError);
    await app.send(put('the app itself'));
    expect(await effectNames(app, TableName)).not.toContain('late');
  });

  it('are refused to a promise that an attempt forgot, also the client of the app', async () => {
    let ended = (): void => undefined;
    const end = new Promise<void>((resolve) => (ended = resolve));
    let late: Promise<unknown> = Promise.resolve();
    await target.connect(attemptScope(), async () => {
      late = end.then(() => app.send(put('late'))).catch((error: unknown) => error);
    });
    ended();
    expect(await late).toBeInstanceOf(AttemptEndedError);
    expect(await effectNames(app, TableName)).not.toContain('late');
  });

  it('are guarded: without the lease nothing is sent', async () => {
    let held = true;
    const guard = (): void => {
      if (!held) throw new Error('the lease was lost');
    };
    const working = target.connect(attemptScope({ guard }), async (clients) => {
      await clientOf(clients).send(put('held'));
      held = false;
      await clientOf(clients).send(put('lost'));
    });
    await expect(working).rejects.toThrow('the lease was lost');
    const names = await effectNames(app, TableName);
    expect([names.includes('held'), names.includes('lost')]).toEqual([true, false]);
  });

  it('leave the app its client when a change destroys its own', async () => {
    await target.connect(attemptScope(), async (clients) => clientOf(clients).destroy());
    await app.send(put('after destroy'));
    expect(await effectNames(app, TableName)).toContain('after destroy');
  });
});
