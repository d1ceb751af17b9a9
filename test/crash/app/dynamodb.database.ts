import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbAuditStore, DynamoDbTargetSystem } from '../../../lib/systems/dynamodb/index.js';
import type { Database } from './database.js';
import { effectItems, itemEffects } from './item-effects.js';

/** @param prefix - of the names of its tables */
export async function openDynamoDb(url: string, prefix: string): Promise<Database> {
  const client = DynamoDBDocumentClient.from(connectDynamoDb(url));
  const table = `${prefix}effects`;
  return {
    store: (namespace) => new DynamoDbAuditStore(client, { namespace, auditTable: `${prefix}audit` }),
    target: (id) => new DynamoDbTargetSystem(id, client, { markerTable: `${prefix}marker` }),
    prepare: () => createEffectsTable(client, table),
    effects: (namespace) => itemEffects(table, namespace),
    left: async (namespace) => {
      const items = await effectItems(client, table, namespace);
      return items.map(({ changeId, part, attempt }) => `${changeId}/${part}#${attempt}`).sort();
    },
    close: async () => client.destroy(),
  };
}

/** A plain client of DynamoDB Local. */
export function connectDynamoDb(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint, region: 'local', credentials });
}

async function createEffectsTable(client: DynamoDBDocumentClient, TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'namespace', AttributeType: 'S' },
        { AttributeName: 'effect', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'namespace', KeyType: 'HASH' },
        { AttributeName: 'effect', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 0.05 }, { TableName });
}
