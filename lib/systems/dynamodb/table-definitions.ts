import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** The index that finds the entries of one change. */
export const BY_CHANGE = 'byChange';

/** The table of the audit store: one for all namespaces. */
export function auditTable(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: BY_CHANGE, AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: BY_CHANGE,
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: BY_CHANGE, KeyType: 'RANGE' },
        ],
        // What history() filters by; the rest of an entry is fetched from the table.
        Projection: {
          ProjectionType: 'INCLUDE',
          NonKeyAttributes: ['changeId', 'state', 'targetSystem', 'at'],
        },
      },
    ],
  };
}

/** The table of a target system: one item for each chain, with its fencing token and its markers. */
export function markerTable(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'chain', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'chain', KeyType: 'HASH' }],
  };
}
