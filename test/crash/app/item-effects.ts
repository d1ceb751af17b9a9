import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Clients } from '../../../lib/core/model/target-system.js';
import { TransactionWriter } from '../../../lib/systems/dynamodb/index.js';
import type { Effects, EffectsOf } from './effects.js';

interface EffectItem {
  readonly namespace: string;
  /** `change/part#attempt`, the rest of the key. */
  readonly effect: string;
  readonly changeId: string;
  readonly part: string;
  readonly attempt: number;
}

/** Effects as items: read by the document client, written by the writer. */
export function itemEffects(table: string, namespace: string): EffectsOf {
  return (clients, changeId) => new ItemEffects(clients, table, { namespace, changeId });
}

/** All items of a namespace that are written. */
export async function effectItems(
  client: DynamoDBDocumentClient,
  TableName: string,
  namespace: string,
): Promise<EffectItem[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: '#namespace = :namespace',
      ExpressionAttributeNames: { '#namespace': 'namespace' },
      ExpressionAttributeValues: { ':namespace': namespace },
    }),
  );
  return Items as EffectItem[];
}

class ItemEffects implements Effects {
  private readonly client: DynamoDBDocumentClient;
  private readonly writer: TransactionWriter;

  constructor(
    clients: Clients,
    private readonly table: string,
    private readonly mine: Pick<EffectItem, 'namespace' | 'changeId'>,
  ) {
    this.client = clients[0].instance as DynamoDBDocumentClient;
    this.writer = clients.find(({ token }) => token === TransactionWriter)?.instance as TransactionWriter;
  }

  async add(part: string, attempt: number): Promise<void> {
    const effect = `${this.mine.changeId}/${part}#${attempt}`;
    const item: EffectItem = { ...this.mine, effect, part, attempt };
    await this.writer.put({ TableName: this.table, Item: item });
  }

  async remove(part: string): Promise<void> {
    const found = (await this.items()).filter((item) => item.part === part);
    for (const { namespace, effect } of found)
      await this.writer.delete({ TableName: this.table, Key: { namespace, effect } });
  }

  async parts(): Promise<ReadonlySet<string>> {
    return new Set((await this.items()).map(({ part }) => part));
  }

  createTable(): Promise<void> {
    return Promise.reject(
      new Error('no row of the table of scenarios has a change create a table in DynamoDB'),
    );
  }

  private async items(): Promise<EffectItem[]> {
    const items = await effectItems(this.client, this.table, this.mine.namespace);
    return items.filter(({ changeId }) => changeId === this.mine.changeId);
  }
}
