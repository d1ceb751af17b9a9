import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { TargetSystem, TransactionalTargetSystem } from 'nestjs-flamingock/kit';
import { CouchbaseTargetSystem } from 'nestjs-flamingock/couchbase';
import { type Effect, type TargetLocation, targetSystemContract } from 'nestjs-flamingock/testing';
import { type Connected, createCouchbaseLocation, durability } from './support/couchbase-location.js';
import { clientsOf, effectNames, noteEffects } from './support/effects.js';
import { withTransactions } from './support/stand-in-transactions.js';

// Couchbase's distributed transactions run on no server that can be had: the fence, the markers and the ways of a transaction
// are tested against support/stand-in-transactions.ts, at the one interface that the library uses of the SDK. What needs no
// transaction is tested on CouchbaseMock.

const bucket = 'default';
const effects = noteEffects(createCouchbaseLocation().keyPrefix);

type Clients = ReturnType<typeof clientsOf>;

const by =
  (work: (clients: Clients, key: string, document: object) => Promise<unknown>): Effect =>
  async (clients, name) => {
    effects.tried.add(name);
    await work(clientsOf(clients, bucket), effects.keyOf(name), { name });
  };

async function createLocation<T extends TargetSystem>(
  targetOf: (connected: Connected, keyPrefix: string) => T,
): Promise<TargetLocation<T>> {
  const location = createCouchbaseLocation();
  const observer = await location.connect();
  return {
    connect: async () => {
      const connected = await location.connect();
      return { target: targetOf(connected, location.keyPrefix), close: connected.close };
    },
    effects: () => effectNames(observer.collection, effects),
    drop: observer.close,
  };
}

function targetOn({ cluster }: Connected, keyPrefix: string): CouchbaseTargetSystem {
  return new CouchbaseTargetSystem('catalog', withTransactions(cluster), { bucket, keyPrefix, durability });
}

targetSystemContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'couchbase (transactions by a stand-in)',
    transactional: true,
    concurrentWriters: true,
    fenceRow: 'compared',
    effects: {
      insert: by(({ context, collection }, key, document) => context.insert(collection, key, document)),
    },
    createLocation: () => createLocation<TransactionalTargetSystem>(targetOn),
  },
);

targetSystemContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'couchbase without transactions (mock)',
    transactional: false,
    effects: {
      'collection.insert': by(({ collection }, key, document) => collection.insert(key, document)),
      'collection.upsert, by its scope': by(({ cluster }, key, document) =>
        cluster.bucket(bucket).scope('_default').collection('_default').upsert(key, document),
      ),
      'binary().increment': by(({ collection }, key) =>
        collection.binary().increment(key, 1, { initial: 1 }),
      ),
    },
    // The same target system, of which a change with transactional: false sees this much.
    createLocation: () =>
      createLocation<TargetSystem>(({ cluster }, keyPrefix) => {
        const target = new CouchbaseTargetSystem('catalog', cluster, { bucket, keyPrefix, durability });
        return {
          id: target.id,
          kind: target.kind,
          transactional: false,
          clients: () => target.clients(),
          connect: (scope, work) => target.connect(scope, work),
        };
      }),
  },
);
