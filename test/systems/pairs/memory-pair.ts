import {
  MemoryAuditStore,
  MemoryDatabase,
  MemoryTable,
  MemoryTargetSystem,
  PlainMemoryTargetSystem,
} from 'nestjs-flamingock/memory';
import type { PairLocation, RecoveryPair } from 'nestjs-flamingock/testing';
import type { Clients } from 'nestjs-flamingock/kit';

const TARGET = 'catalog';

/** Everything in this process; two processes are two instances on one database. */
export function memoryPair(strategy: RecoveryPair['strategy']): RecoveryPair {
  return {
    name: 'memory × memory',
    strategy,
    concurrentWriters: true,
    capabilities: ['tamper'],
    shortLeaseMs: 200,
    effect: async (clients, name) => void tableOf(clients).set(name, true),
    revert: async (clients, name) => void tableOf(clients).delete(name),
    sees: async (clients, name) => tableOf(clients).has(name),
    createLocation: async () => placeIn(strategy),
  };
}

function placeIn(strategy: RecoveryPair['strategy']): PairLocation {
  const audit = new MemoryDatabase({ lockWaitMs: 500 });
  const database = strategy === 'shared' ? audit : new MemoryDatabase({ lockWaitMs: 500 });
  const connectTarget = () =>
    strategy === 'plain'
      ? new PlainMemoryTargetSystem(TARGET, database)
      : new MemoryTargetSystem(TARGET, database);
  return {
    connect: async (namespace) => ({
      store: new MemoryAuditStore(audit, { namespace }),
      target: connectTarget(),
      close: async () => {},
    }),
    effects: async () => connectTarget().table.keys(),
    tamper: async (namespace, seq, how) => tamperInMemory(audit, namespace, seq, how),
    drop: async () => {},
  };
}

/** Alters or removes an entry of an audit log in memory. */
export async function tamperInMemory(
  database: MemoryDatabase,
  namespace: string,
  seq: number,
  how: 'edit' | 'delete',
): Promise<void> {
  const { entries = [] } = database.log(namespace) ?? {};
  const index = entries.findIndex((entry) => entry.seq === seq);
  const [entry] = entries.splice(index, 1);
  if (entry && how === 'edit') entries.splice(index, 0, { ...entry, author: 'somebody else' });
}

function tableOf([{ instance }]: Clients): MemoryTable {
  if (instance instanceof MemoryTable) return instance;
  throw new TypeError('the main client is not a MemoryTable');
}
