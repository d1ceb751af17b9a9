import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { DynamoDbAuditStore, DynamoDbTargetSystem } from 'nestjs-flamingock/dynamodb';
import { auditStoreContract } from 'nestjs-flamingock/testing';
import { createDynamoLocation, cutChain, tablesOf } from './support/dynamo-location.js';

auditStoreContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'dynamodb',
    sharesTransactions: true,
    judgesLease: 'by-watching',
    // Watching keeps a processor busy for whole leases; the campaign has 1,000 rounds.
    raceRounds: 5,
    async createStorage() {
      const location = createDynamoLocation();
      const { auditTable, markerTable } = tablesOf(location);
      return {
        connect: async (namespace) => {
          const client = location.client();
          return {
            store: new DynamoDbAuditStore(client, { namespace, auditTable }),
            target: new DynamoDbTargetSystem('user-db', client, { markerTable }),
            close: async () => {},
          };
        },
        cut: (namespace, after) => cutChain(location, namespace, after),
        drop: location.drop,
      };
    },
  },
);
