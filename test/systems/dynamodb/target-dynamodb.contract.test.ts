import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { DynamoDbTargetSystem } from 'nestjs-flamingock/dynamodb';
import { targetSystemContract } from 'nestjs-flamingock/testing';
import { createDynamoLocation, tablesOf } from './support/dynamo-location.js';
import { createEffectTable, effectNames, writerOf } from './support/effects.js';

const location = createDynamoLocation();
const { effectTable: TableName, markerTable } = tablesOf(location);

targetSystemContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'dynamodb',
    transactional: true,
    concurrentWriters: true,
    fenceRow: 'compared',
    effects: {
      put: (clients, name) => writerOf(clients).put({ TableName, Item: { name } }),
      update: (clients, name) =>
        writerOf(clients).update({
          TableName,
          Key: { name },
          UpdateExpression: 'SET #updated = :yes',
          ExpressionAttributeNames: { '#updated': 'updated' },
          ExpressionAttributeValues: { ':yes': true },
        }),
    },
    outside: async (target, name) => {
      // The app's own client, as a service from the constructor of a change has it.
      const client = (target as DynamoDbTargetSystem).resource;
      await client.send(new PutCommand({ TableName, Item: { name } }));
    },
    async createLocation() {
      const own = createDynamoLocation();
      const observer = own.client();
      await createEffectTable(observer, TableName).catch((error: Error) => {
        if (error.name !== 'ResourceInUseException') throw error;
      });
      return {
        connect: async () => ({
          target: new DynamoDbTargetSystem('user-db', own.client(), {
            markerTable: `${own.prefix}${markerTable}`,
          }),
          close: async () => {},
        }),
        effects: () => effectNames(observer, TableName),
        drop: own.drop,
      };
    },
  },
);

afterAll(location.drop);
