import { randomBytes } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import {
  createDatabase,
  createMongoDatabase,
  type DatabaseKind,
  serverUrl,
} from '../../support/databases.js';
import { connectDynamoDb } from '../app/dynamodb.database.js';
import type { DatabaseSpec } from '../app/messages.js';
import { startShortLivedMongoDb } from './short-lived-mongodb.js';

/**
 * What can keep the audit, and the effects of changes in transactions. The patient MongoDB lets a transaction be open for a
 * minute, as it does by default, so that one outlives a wait for it; the other gives up soon what a dead process left open.
 */
export type StoreKind = DatabaseKind | 'mongodb' | 'patient-mongodb' | 'dynamodb';

/** A database of one deployment, empty when handed out. */
export interface Location {
  readonly spec: DatabaseSpec;
  drop(): Promise<void>;
}

/** @throws when the server of that kind was not started for this run. It is never skipped. */
export async function createLocation(kind: StoreKind): Promise<Location> {
  if (kind === 'dynamodb') return dynamoDbLocation(serverUrl('dynamodb'));
  if (kind === 'mongodb') {
    const { url, stop } = await startShortLivedMongoDb();
    return { spec: { system: 'mongodb', url, lockWait: '10s' }, drop: stop };
  }
  if (kind === 'patient-mongodb') {
    const { url, drop } = createMongoDatabase();
    return { spec: { system: 'mongodb', url, lockWait: '1s' }, drop };
  }
  const { dataSourceOptions: options, drop } = await createDatabase(kind);
  return { spec: { system: 'typeorm', options }, drop };
}

/** Tables with names of their own. */
function dynamoDbLocation(url: string): Location {
  const prefix = `crash_${randomBytes(6).toString('hex')}_`;
  return {
    spec: { system: 'dynamodb', url, prefix },
    drop: async () => {
      const client = connectDynamoDb(url);
      for (const table of ['audit', 'marker', 'effects'])
        await client.send(new DeleteTableCommand({ TableName: `${prefix}${table}` })).catch(unlessMissing);
      client.destroy();
    },
  };
}

/** Not every deployment has needed every table. */
function unlessMissing(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
}
