import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { MemoryAuditStore, MemoryDatabase, MemoryTargetSystem } from 'nestjs-flamingock/memory';
import { auditStoreContract } from 'nestjs-flamingock/testing';

auditStoreContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'memory',
    sharesTransactions: true,
    raceRounds: 100,
    shortLeaseMs: 20,
    async createStorage() {
      const database = new MemoryDatabase();
      return {
        connect: async (namespace) => ({
          store: new MemoryAuditStore(database, { namespace }),
          target: new MemoryTargetSystem('user-db', database),
          close: async () => {},
        }),
        cut: async (namespace, after) => {
          database.log(namespace)?.entries.splice(after);
        },
        drop: async () => {},
      };
    },
  },
);
