import { CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Clients } from 'nestjs-flamingock/kit';
import { TransactionWriter } from 'nestjs-flamingock/dynamodb';

/** The effects of test changes are items of one table, by name. */
export async function createEffectTable(client: DynamoDBDocumentClient, TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'name', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 0.05 }, { TableName });
}

export async function effectNames(client: DynamoDBDocumentClient, TableName: string): Promise<string[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
  return Items.map(({ name }) => String(name));
}

export function writerOf(clients: Clients): TransactionWriter {
  const found = clients.find(({ token }) => token === TransactionWriter)?.instance;
  if (found instanceof TransactionWriter) return found;
  throw new TypeError('there is no TransactionWriter among the clients');
}

export function clientOf([{ instance }]: Clients): DynamoDBDocumentClient {
  return instance as DynamoDBDocumentClient;
}

/** Whether an effect is there or, in a transaction, will be. */
export async function seesEffect(clients: Clients, TableName: string, name: string): Promise<boolean> {
  const pending = writerOf(clients).pending.findLast(
    ({ Put, Delete }) => Put?.Item?.['name'] === name || Delete?.Key?.['name'] === name,
  );
  if (pending) return pending.Put !== undefined;
  const { Item } = await clientOf(clients).send(
    new GetCommand({ TableName, Key: { name }, ConsistentRead: true }),
  );
  return Item !== undefined;
}
