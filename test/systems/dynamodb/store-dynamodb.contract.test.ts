import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { DynamoDbAuditStore, DynamoDbTargetSystem } from 'nestjs-flamingock/dynamodb';
import { auditStoreContract } from 'nestjs-flamingock/testing';
import { createDynamoPlace, cutChain, tablesOf } from './support/dynamo-place.js';

auditStoreContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'dynamodb',
    sharesTransactions: true,
    judgesLease: 'by-watching',
    async createStorage() {
      const place = createDynamoPlace();
      const { auditTable, markerTable } = tablesOf(place);
      return {
        connect: async (namespace) => {
          const client = place.client();
          return {
            store: new DynamoDbAuditStore(client, { namespace, auditTable }),
            target: new DynamoDbTargetSystem('user-db', client, { markerTable }),
            close: async () => {},
          };
        },
        cut: (namespace, after) => cutChain(place, namespace, after),
        drop: place.drop,
      };
    },
  },
);
