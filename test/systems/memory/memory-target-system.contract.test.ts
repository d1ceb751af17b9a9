import { afterAll, beforeAll, describe, it } from '@jest/globals';
import {
  MemoryDatabase,
  MemoryTable,
  MemoryTargetSystem,
  PlainMemoryTargetSystem,
} from 'nestjs-flamingock/memory';
import { targetSystemContract, type Effect } from 'nestjs-flamingock/testing';

const set: Effect = async ([{ instance }], name) => {
  (instance as MemoryTable).set(name, true);
};

targetSystemContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'memory',
    transactional: true,
    concurrentWriters: true,
    effects: { set },
    async createLocation() {
      const database = new MemoryDatabase({ lockWaitMs: 200 });
      return {
        connect: async () => ({ target: new MemoryTargetSystem('user-db', database), close: async () => {} }),
        effects: async () => new MemoryTargetSystem('user-db', database).table.keys(),
        drop: async () => {},
      };
    },
  },
);

targetSystemContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'memory (plain)',
    transactional: false,
    effects: { set },
    async createLocation() {
      const database = new MemoryDatabase();
      return {
        connect: async () => ({
          target: new PlainMemoryTargetSystem('broker', database),
          close: async () => {},
        }),
        effects: async () => new PlainMemoryTargetSystem('broker', database).table.keys(),
        drop: async () => {},
      };
    },
  },
);
