import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, Injectable, Module } from '@nestjs/common';
import { Apply, Change, ChangeFailedError, Client, Flamingock, Rollback } from 'nestjs-flamingock';
import { DynamoDbAuditStore, DynamoDbTargetSystem, TransactionWriter } from 'nestjs-flamingock/dynamodb';
import { compiled } from '../../nest/support/apps.js';
import { createDynamoLocation, type DynamoLocation, tablesOf } from './support/dynamo-location.js';
import { createEffectTable, effectNames } from './support/effects.js';

const location: DynamoLocation = createDynamoLocation();
const { effectTable: TableName, ...tables } = tablesOf(location);
const app = location.client();

@Global()
@Module({
  providers: [{ provide: DynamoDBDocumentClient, useValue: app }],
  exports: [DynamoDBDocumentClient],
})
class DynamoModule {}

/** A service of the app, which knows nothing of changes. */
@Injectable()
class Products {
  constructor(private readonly client: DynamoDBDocumentClient) {}

  async add(name: string): Promise<void> {
    await this.client.send(new PutCommand({ TableName, Item: { name } }));
  }

  async has(name: string): Promise<boolean> {
    return (await this.client.send(new GetCommand({ TableName, Key: { name } }))).Item !== undefined;
  }
}

@Change({ id: 'add-lamp', order: '0001', author: 'shop-team', targetSystem: 'catalog' })
class AddLamp {
  constructor(private readonly products: Products) {}

  @Apply()
  async apply(client: DynamoDBDocumentClient, writer: TransactionWriter) {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { name: 'lamp' } }));
    if (Item || (await this.products.has('lamp'))) return;
    await writer.put({ TableName, Item: { name: 'lamp' } });
  }
}

@Change({
  id: 'add-table',
  order: '0002',
  author: 'shop-team',
  targetSystem: 'catalog',
  transactional: false,
})
class AddTable {
  constructor(private readonly products: Products) {}

  @Apply()
  async apply(@Client('TransactionWriter') writer: TransactionWriter) {
    await this.products.add('table');
    await writer.put({ TableName, Item: { name: 'chair' } });
  }

  @Rollback()
  async rollback(client: DynamoDBDocumentClient) {
    await client.send(new PutCommand({ TableName, Item: { name: 'rolled back' } }));
  }
}

@Change({ id: 'add-sofa', order: '0003', author: 'shop-team', targetSystem: 'catalog' })
class AddSofa {
  constructor(private readonly products: Products) {}

  @Apply()
  async apply(writer: TransactionWriter) {
    await writer.put({ TableName, Item: { name: 'cushion' } });
    await this.products.add('sofa');
  }
}

const options = {
  auditStore: DynamoDbAuditStore.inject(undefined, { auditTable: tables.auditTable }),
  targetSystems: [DynamoDbTargetSystem.inject('catalog', undefined, { markerTable: tables.markerTable })],
};

describe('an app on DynamoDB', () => {
  beforeAll(() => createEffectTable(app, TableName));
  afterAll(() => location.drop());

  it('runs its changes at boot, their effects and records in one commit', async () => {
    const module = await compiled(
      { imports: [DynamoModule], providers: [Products, AddLamp, AddTable] },
      options,
    );
    await module.init();
    expect((await effectNames(app, TableName)).sort()).toEqual(['chair', 'lamp', 'table']);
    const strategies = [];
    for await (const { changeId, state, strategy } of module.get(Flamingock).history())
      strategies.push(`${changeId} ${state} ${strategy}`);
    expect(strategies).toEqual([
      'add-lamp STARTED shared',
      'add-lamp APPLIED shared',
      'add-table STARTED plain',
      'add-table APPLIED plain',
    ]);
    await module.close();
  });

  it('fails a change whose service writes beside the transaction', async () => {
    const providers = [Products, AddLamp, AddTable, AddSofa];
    const module = await compiled({ imports: [DynamoModule], providers }, options);
    const failing = module.init();
    await expect(failing).rejects.toThrow(ChangeFailedError);
    await expect(failing).rejects.toThrow(/'add-sofa'.*PutItem on/s);
    const names = await effectNames(app, TableName);
    expect([names.includes('sofa'), names.includes('cushion')]).toEqual([false, false]);
  });
});
