import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { isBeingCreated, isMissingTable } from './aws-errors.js';
import type { OwnCalls } from './own-calls.js';

/** The command by which somebody with the right creates a table. */
export function createCommand(definition: CreateTableCommandInput): string {
  return `aws dynamodb create-table --cli-input-json '${JSON.stringify(definition)}'`;
}

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

/** How long a new table may take to become active, in milliseconds. On AWS it is about 10 s. */
const CREATION_MS = 120_000;
const POLL_MS = 100;

/**
 * Creates a table, or waits while another replica creates it. Resolves when the table can be used.
 *
 * @throws Error when it is not active after two minutes, and what DynamoDB answers
 */
export async function createTable(calls: OwnCalls, definition: CreateTableCommandInput): Promise<void> {
  try {
    await calls.createTable(definition);
  } catch (error) {
    if (!isBeingCreated(error)) throw error;
  }
  for (const start = performance.now(); ; await sleep(POLL_MS)) {
    if (await isActive(calls, definition)) return;
    if (performance.now() - start > CREATION_MS)
      throw new Error(
        `The table '${definition.TableName}' was not active ${CREATION_MS / 1000} s after its creation`,
      );
  }
}

/** DynamoDB may not know a table for a moment after its creation. */
async function isActive(calls: OwnCalls, { TableName = '' }: CreateTableCommandInput): Promise<boolean> {
  return calls.isActive(TableName).catch((error: unknown) => {
    if (isMissingTable(error)) return false;
    throw error;
  });
}
