// Couchbase's distributed transactions run on no server that can be had: the fence, the markers and the ways of a transaction
// are tested against support/stand-in-transactions.ts, at the one interface that the library uses of the SDK. What needs no
// transaction is tested on CouchbaseMock.
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { TargetSystem, TransactionalTargetSystem } from 'nestjs-flamingock';
import { CouchbaseTargetSystem } from 'nestjs-flamingock/couchbase';
import { type Effect, targetSystemContract, type TargetPlace } from 'nestjs-flamingock/testing';
import { type Connected, createCouchbasePlace, durability } from './support/couchbase-place.js';
import { clientsOf, effectNames, noteEffects } from './support/effects.js';
import { withTransactions } from './support/stand-in-transactions.js';

const bucket = 'default';
const effects = noteEffects(createCouchbasePlace().keyPrefix);

type Clients = ReturnType<typeof clientsOf>;

const by =
  (work: (clients: Clients, key: string, document: object) => Promise<unknown>): Effect =>
  async (clients, name) => {
    effects.tried.add(name);
    await work(clientsOf(clients, bucket), effects.keyOf(name), { name });
  };

async function createPlace<T extends TargetSystem>(
  targetOf: (connected: Connected, keyPrefix: string) => T,
): Promise<TargetPlace<T>> {
  const place = createCouchbasePlace();
  const observer = await place.connect();
  return {
    connect: async () => {
      const connected = await place.connect();
      return { target: targetOf(connected, place.keyPrefix), close: connected.close };
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
    createPlace: () => createPlace<TransactionalTargetSystem>(targetOn),
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
    createPlace: () =>
      createPlace<TargetSystem>(({ cluster }, keyPrefix) => {
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
