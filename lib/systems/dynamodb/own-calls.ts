import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  TransactGetItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { asOwn } from './attempt-context.js';
import { attributes, type PlainItem, plainItem } from './attribute-values.js';
import { isConditionFailed } from './aws-errors.js';
import type { ItemUpdate } from './item-update.js';
import { retryWhileBusy } from './retry-while-busy.js';
import type { TransactionWrite } from './transaction-writer.js';

/** How long one request may take. DynamoDB itself needs milliseconds. */
const REQUEST_MS = 10_000;

/** A query in native values; always a consistent one. */
export type OwnQuery = Omit<
  QueryCommandInput,
  'ExpressionAttributeValues' | 'ExclusiveStartKey' | 'ConsistentRead'
> & { readonly ExpressionAttributeValues: PlainItem };

/** What this library itself sends through the app's client: bounded in time, seen by no attempt, whatever the client's options are. */
export class OwnCalls {
  constructor(private readonly client: DynamoDBDocumentClient) {}

  async get(table: string, key: PlainItem): Promise<PlainItem | undefined> {
    const input = { TableName: table, Key: attributes(key), ConsistentRead: true };
    const { Item } = await asOwn(() => this.client.send(new GetItemCommand(input), bounded()));
    return Item && plainItem(Item);
  }

  /** Items as they are at one moment, in the order of their keys; undefined for one that does not exist. */
  async getTogether(table: string, keys: readonly PlainItem[]): Promise<readonly (PlainItem | undefined)[]> {
    const TransactItems = keys.map((key) => ({ Get: { TableName: table, Key: attributes(key) } }));
    const { Responses = [] } = await retryWhileBusy(() =>
      asOwn(() => this.client.send(new TransactGetItemsCommand({ TransactItems }), bounded())),
    );
    return keys.map((_, index) => {
      const item = Responses[index]?.Item;
      return item && plainItem(item);
    });
  }

  /** The items of a query, page by page. */
  async *query({ ExpressionAttributeValues, ...rest }: OwnQuery): AsyncGenerator<readonly PlainItem[]> {
    const values = attributes(ExpressionAttributeValues);
    let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
    do {
      const input = { ...rest, ExpressionAttributeValues: values, ConsistentRead: true, ExclusiveStartKey };
      const page = await asOwn(() => this.client.send(new QueryCommand(input), bounded()));
      yield (page.Items ?? []).map(plainItem);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  /** All items of a table, page by page. */
  async *scan(table: string): AsyncGenerator<readonly PlainItem[]> {
    let ExclusiveStartKey: ScanCommandInput['ExclusiveStartKey'];
    do {
      const input = { TableName: table, ConsistentRead: true, ExclusiveStartKey };
      const page = await asOwn(() => this.client.send(new ScanCommand(input), bounded()));
      yield (page.Items ?? []).map(plainItem);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  async delete(table: string, key: PlainItem): Promise<void> {
    const input = { TableName: table, Key: attributes(key) };
    await retryWhileBusy(() => asOwn(() => this.client.send(new DeleteItemCommand(input), bounded())));
  }

  /** Puts an item unless there is one already, as when many replicas do it at once. */
  async putOnce(table: string, item: PlainItem, keyAttribute: string): Promise<void> {
    const input = {
      TableName: table,
      Item: attributes(item),
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': keyAttribute },
    };
    await asOwn(() => this.client.send(new PutItemCommand(input), bounded())).catch(unlessConditionFailed);
  }

  async update(update: ItemUpdate): Promise<void> {
    await this.#update(update, 'NONE');
  }

  /** @returns the item as it is after the update */
  async updated(update: ItemUpdate): Promise<PlainItem> {
    return plainItem((await this.#update(update, 'ALL_NEW')).Attributes ?? {});
  }

  #update({ Key, ExpressionAttributeValues, ...rest }: ItemUpdate, ReturnValues: 'NONE' | 'ALL_NEW') {
    const values = attributes(ExpressionAttributeValues);
    const input = { ...rest, Key: attributes(Key), ExpressionAttributeValues: values, ReturnValues };
    return retryWhileBusy(() => asOwn(() => this.client.send(new UpdateItemCommand(input), bounded())));
  }

  /** All writes or none. The same token again is answered like the first time, for ten minutes. */
  async transact(writes: readonly TransactionWrite[], token: string): Promise<void> {
    const input = { TransactItems: [...writes], ClientRequestToken: token };
    await retryWhileBusy(() => asOwn(() => this.client.send(new TransactWriteCommand(input), bounded())));
  }

  async createTable(definition: CreateTableCommandInput): Promise<void> {
    await asOwn(() => this.client.send(new CreateTableCommand(definition), bounded()));
  }

  /** @throws when the table does not exist, or not yet */
  async isActive(table: string): Promise<boolean> {
    const command = new DescribeTableCommand({ TableName: table });
    const { Table } = await asOwn(() => this.client.send(command, bounded()));
    return Table?.TableStatus === 'ACTIVE';
  }
}

function unlessConditionFailed(error: unknown): void {
  if (!isConditionFailed(error)) throw error;
}

function bounded(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(REQUEST_MS) };
}
