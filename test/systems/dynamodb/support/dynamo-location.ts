import { randomBytes } from 'node:crypto';
import { DeleteTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  QueryCommand,
  type TranslateConfig,
} from '@aws-sdk/lib-dynamodb';
import { serverUrl } from '../../../support/databases.js';

/** Tables of one test file, with names of their own on the shared DynamoDB Local. */
export interface DynamoLocation {
  readonly prefix: string;
  /** A client of its own, as a process of its own would have it; closed by `drop` at the latest. */
  client(options?: TranslateConfig): DynamoDBDocumentClient;
  drop(): Promise<void>;
}

/** Options of the store and of the target system that keep their tables in this place. */
export function tablesOf({ prefix }: DynamoLocation) {
  return { auditTable: `${prefix}audit`, markerTable: `${prefix}marker`, effectTable: `${prefix}effect` };
}

/** Makes a place. @throws when DynamoDB Local was not started for this run */
export function createDynamoLocation(): DynamoLocation {
  const prefix = `f${process.env.JEST_WORKER_ID ?? '0'}_${randomBytes(6).toString('hex')}_`;
  const opened: DynamoDBClient[] = [];
  const open = (): DynamoDBClient => {
    const client = connectDynamo();
    opened.push(client);
    return client;
  };
  return {
    prefix,
    client: (options) => DynamoDBDocumentClient.from(open(), options),
    drop: async () => {
      const client = open();
      for (const TableName of await tableNames(client, prefix))
        await client.send(new DeleteTableCommand({ TableName }));
      for (const each of opened) each.destroy();
    },
  };
}

/** A plain client of DynamoDB Local. */
export function connectDynamo(): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: serverUrl('dynamodb'),
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** The keys of the store's items, as a person finds them. */
export const keysIn = (namespace: string) => ({
  head: { pk: `log#${namespace}`, sk: 'head' },
  entry: (seq: number) => ({ pk: `log#${namespace}`, sk: String(seq).padStart(16, '0') }),
  latest: (changeId: string) => ({ pk: `state#${namespace}`, sk: `latest#${changeId}` }),
});

/** Removes the entries behind this seq by hand, and nothing else. */
export async function cutChain(location: DynamoLocation, namespace: string, after: number): Promise<void> {
  const client = location.client();
  const { auditTable: TableName } = tablesOf(location);
  const { entry } = keysIn(namespace);
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':pk': entry(0).pk,
        ':first': entry(after + 1).sk,
        ':last': entry(Number.MAX_SAFE_INTEGER).sk,
      },
      ConsistentRead: true,
    }),
  );
  for (const { pk, sk } of Items)
    await client.send(new DeleteCommand({ TableName, Key: { pk: pk as string, sk: sk as string } }));
}

async function tableNames(client: DynamoDBClient, prefix: string): Promise<string[]> {
  // The names sort, so those of a prefix follow what sorts right before it.
  const { TableNames = [] } = await client.send(
    new ListTablesCommand({ ExclusiveStartTableName: prefix.slice(0, -1), Limit: 100 }),
  );
  return TableNames.filter((name) => name.startsWith(prefix));
}
