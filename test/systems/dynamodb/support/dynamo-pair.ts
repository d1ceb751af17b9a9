import { DeleteCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { AuditStore } from 'nestjs-flamingock/kit';
import { DynamoDbAuditStore, DynamoDbTargetSystem } from 'nestjs-flamingock/dynamodb';
import type { ConnectOptions, PairLocation, RecoveryPair } from 'nestjs-flamingock/testing';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import { type Audits, fileSystemLocation, fileSystemPair } from '../../pairs/filesystem-pair.js';
import { createSqlLocation } from '../../pairs/sql-location.js';
import { createDynamoLocation, type DynamoLocation, keysIn, tablesOf } from './dynamo-location.js';
import { createEffectTable, effectNames, seesEffect, writerOf } from './effects.js';

type AuditKind = 'shared' | 'dynamodb' | 'postgres';

/** The effects in DynamoDB; the audit by the same client, by another one, or in PostgreSQL. */
export function dynamoPair(audit: AuditKind): RecoveryPair {
  // One table for all pairs of this file: the methods of a change must know it before its place is made.
  const effects = createDynamoLocation();
  const { effectTable: TableName } = tablesOf(effects);
  return {
    name: `${audit === 'postgres' ? 'typeorm:postgres' : 'dynamodb'} × dynamodb, ${audit === 'shared' ? 'one client' : 'two'}`,
    strategy: audit === 'shared' ? 'shared' : 'marker',
    concurrentWriters: true,
    capabilities: ['tamper'],
    effect: (clients, name) => writerOf(clients).put({ TableName, Item: { name } }),
    revert: (clients, name) => writerOf(clients).delete({ TableName, Key: { name } }),
    sees: (clients, name) => seesEffect(clients, TableName, name),
    createLocation: () => createLocation(audit, effects),
  };
}

/** The audit in DynamoDB, the effects files in a folder. */
export function dynamoFilePair(): RecoveryPair {
  const createLocation = () => fileSystemLocation(dynamoAudits(createDynamoLocation()));
  return { ...fileSystemPair('memory'), name: 'dynamodb × filesystem', createLocation };
}

async function createLocation(audit: AuditKind, effects: DynamoLocation): Promise<PairLocation> {
  const { effectTable, markerTable } = tablesOf(effects);
  const observer = effects.client();
  await createEffectTable(observer, effectTable);
  const audits = audit === 'postgres' ? await postgresAudits() : dynamoAudits(effects);
  return {
    connect: async (namespace, options) => {
      const client = effects.client();
      const shared = audit === 'shared' ? client : undefined;
      const { store, close } = await audits.connect(namespace, options, shared);
      return { store, target: new DynamoDbTargetSystem('catalog', client, { markerTable }), close };
    },
    effects: () => effectNames(observer, effectTable),
    tamper: audits.tamper,
    drop: async () => {
      await audits.drop();
      await effects.drop();
    },
  };
}

/** What keeps the audit, by the client that shares it with the effects, if there is one. */
export interface DynamoAudits extends Audits {
  connect(
    namespace: string,
    options?: ConnectOptions,
    shared?: DynamoDBDocumentClient,
  ): Promise<{ readonly store: AuditStore; close(): Promise<void> }>;
}

/** The audit in DynamoDB. */
export function dynamoAudits(location: DynamoLocation): DynamoAudits {
  const { auditTable } = tablesOf(location);
  return {
    connect: async (namespace, _options, shared) => ({
      store: new DynamoDbAuditStore(shared ?? location.client(), { namespace, auditTable }),
      close: async () => {},
    }),
    tamper: async (namespace, seq, how) => {
      const client = location.client();
      const Key = keysIn(namespace).entry(seq);
      if (how === 'delete') await client.send(new DeleteCommand({ TableName: auditTable, Key }));
      else await client.send(edit(auditTable, Key));
    },
    drop: location.drop,
  };
}

function edit(TableName: string, Key: Record<string, string>): UpdateCommand {
  return new UpdateCommand({
    TableName,
    Key,
    UpdateExpression: 'SET author = :author',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':author': 'somebody else' },
  });
}

async function postgresAudits(): Promise<DynamoAudits> {
  const location = await createSqlLocation('postgres');
  return {
    connect: async (namespace, options) => {
      const dataSource = await location.open(options);
      const store = new TypeOrmAuditStore(dataSource, { namespace });
      return { store, close: () => dataSource.destroy() };
    },
    tamper: location.tamper,
    drop: location.drop,
  };
}
