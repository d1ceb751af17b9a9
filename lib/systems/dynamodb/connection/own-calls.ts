import { setTimeout as sleep } from 'node:timers/promises';
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
import { sdkInterception } from '../../aws/sdk-interceptor.js';
import type { TransactionWrite } from '../target/transaction-writer.js';
import { attributes, type PlainItem, plainItem } from './attribute-values.js';
import { isBusy, isConditionFailed } from './aws-errors.js';
import type { ItemUpdate } from './item-update.js';

/**
 * `intercepted` runs the code of an attempt; `asOwn` runs what this library sends itself, within an attempt or not.
 *
 * The document client and the `DynamoDBClient` below it share one middleware stack, in which every request is seen.
 */
export const { intercepted, asOwn } = sdkInterception('a request');

const MOST_TRIES = 10;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/**
 * Repeats `work` while DynamoDB answers that another request is at the same items. DynamoDB has no locks to wait for, so the
 * second request must be sent again. Takes about 3 s at most.
 *
 * @throws the error of the last try
 */
async function retryWhileBusy<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || tries === MOST_TRIES) throw error;
    }
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS);
    await sleep(pause * (0.5 + Math.random() / 2));
  }
}

/** How long one request may take. DynamoDB itself needs milliseconds. */
const REQUEST_MS = 10_000;

/** A query in native values. It is always a strongly consistent one. */
export type OwnQuery = Omit<
  QueryCommandInput,
  'ExpressionAttributeValues' | 'ExclusiveStartKey' | 'ConsistentRead'
> & { readonly ExpressionAttributeValues: PlainItem };

/**
 * What this library itself sends through the app's client. Each request takes at most 10 s, no attempt sees it, and the client's
 * marshalling options do not change it.
 */
export class OwnCalls {
  readonly #client: DynamoDBDocumentClient;

  constructor(client: DynamoDBDocumentClient) {
    this.#client = client;
  }

  /** Reads one item; undefined when it does not exist. */
  async get(table: string, key: PlainItem): Promise<PlainItem | undefined> {
    const input = { TableName: table, Key: attributes(key), ConsistentRead: true };
    const { Item } = await asOwn(() => this.#client.send(new GetItemCommand(input), bounded()));
    return Item && plainItem(Item);
  }

  /** Reads items as they are at one moment, in the order of `keys`; undefined stands for one that does not exist. */
  async getTogether(table: string, keys: readonly PlainItem[]): Promise<readonly (PlainItem | undefined)[]> {
    const TransactItems = keys.map((key) => ({ Get: { TableName: table, Key: attributes(key) } }));
    const { Responses = [] } = await retryWhileBusy(() =>
      asOwn(() => this.#client.send(new TransactGetItemsCommand({ TransactItems }), bounded())),
    );
    return keys.map((_, index) => {
      const item = Responses[index]?.Item;
      return item && plainItem(item);
    });
  }

  /** Yields the items of a query, page by page. */
  async *query({ ExpressionAttributeValues, ...rest }: OwnQuery): AsyncGenerator<readonly PlainItem[]> {
    const values = attributes(ExpressionAttributeValues);
    let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
    do {
      const input = { ...rest, ExpressionAttributeValues: values, ConsistentRead: true, ExclusiveStartKey };
      const page = await asOwn(() => this.#client.send(new QueryCommand(input), bounded()));
      yield (page.Items ?? []).map(plainItem);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  /** Yields all items of a table, page by page. */
  async *scan(table: string): AsyncGenerator<readonly PlainItem[]> {
    let ExclusiveStartKey: ScanCommandInput['ExclusiveStartKey'];
    do {
      const input = { TableName: table, ConsistentRead: true, ExclusiveStartKey };
      const page = await asOwn(() => this.#client.send(new ScanCommand(input), bounded()));
      yield (page.Items ?? []).map(plainItem);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  /** Deletes an item, if it exists. */
  async delete(table: string, key: PlainItem): Promise<void> {
    const input = { TableName: table, Key: attributes(key) };
    await retryWhileBusy(() => asOwn(() => this.#client.send(new DeleteItemCommand(input), bounded())));
  }

  /** Puts an item unless it exists already: several replicas may do it at once. */
  async putOnce(table: string, item: PlainItem, keyAttribute: string): Promise<void> {
    const input = {
      TableName: table,
      Item: attributes(item),
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': keyAttribute },
    };
    await asOwn(() => this.#client.send(new PutItemCommand(input), bounded())).catch(unlessConditionFailed);
  }

  /** @throws ConditionalCheckFailedException when the item does not meet the condition of the update */
  async update(update: ItemUpdate): Promise<void> {
    await this.#update(update, 'NONE');
  }

  /** As `update`. @returns the item after the update */
  async updated(update: ItemUpdate): Promise<PlainItem> {
    return plainItem((await this.#update(update, 'ALL_NEW')).Attributes ?? {});
  }

  #update({ Key, ExpressionAttributeValues, ...rest }: ItemUpdate, ReturnValues: 'NONE' | 'ALL_NEW') {
    const values = attributes(ExpressionAttributeValues);
    const input = { ...rest, Key: attributes(Key), ExpressionAttributeValues: values, ReturnValues };
    return retryWhileBusy(() => asOwn(() => this.#client.send(new UpdateItemCommand(input), bounded())));
  }

  /** Does all writes or none. For ten minutes, DynamoDB answers the same token as it did the first time, and writes nothing more. */
  async transact(writes: readonly TransactionWrite[], token: string): Promise<void> {
    const input = { TransactItems: [...writes], ClientRequestToken: token };
    await retryWhileBusy(() => asOwn(() => this.#client.send(new TransactWriteCommand(input), bounded())));
  }

  /** Asks for a new table; it is not usable before `isActive`. */
  async createTable(definition: CreateTableCommandInput): Promise<void> {
    await asOwn(() => this.#client.send(new CreateTableCommand(definition), bounded()));
  }

  /** @returns false while the table is being created. @throws ResourceNotFoundException when it does not exist, or not yet */
  async isActive(table: string): Promise<boolean> {
    const command = new DescribeTableCommand({ TableName: table });
    const { Table } = await asOwn(() => this.#client.send(command, bounded()));
    return Table?.TableStatus === 'ACTIVE';
  }
}

function unlessConditionFailed(error: unknown): void {
  if (!isConditionFailed(error)) throw error;
}

function bounded(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(REQUEST_MS) };
}
