import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { Cluster, TransactionAttemptContext } from 'couchbase';
import { Apply, Change, Flamingock, Rollback } from 'nestjs-flamingock';
import { CouchbaseAuditStore, CouchbaseTargetSystem } from 'nestjs-flamingock/couchbase';
import { compiled } from '../../nest/support/apps.js';
import { type Connected, createCouchbaseLocation, durability } from './support/couchbase-location.js';
import { withTransactions } from './support/stand-in-transactions.js';

// An app on CouchbaseMock; the transactions are those of support/stand-in-transactions.ts.

const { keyPrefix, connect } = createCouchbaseLocation();
const bucket = 'default';
const [lamp, stool] = [`${keyPrefix}:lamp`, `${keyPrefix}:stool`];
let connected: Connected;

@Global()
@Module({
  providers: [{ provide: Cluster, useFactory: () => withTransactions(connected.cluster) }],
  exports: [Cluster],
})
class CouchbaseModule {}

@Change({ id: 'add-lamp', order: '0001', author: 'shop-team', targetSystem: 'catalog' })
class AddLamp {
  @Apply()
  async apply(context: TransactionAttemptContext, cluster: Cluster) {
    await context.insert(cluster.bucket(bucket).defaultCollection(), lamp, { price: 10 });
  }
}

@Change({
  id: 'add-stool',
  order: '0002',
  author: 'shop-team',
  targetSystem: 'catalog',
  transactional: false,
})
class AddStool {
  @Apply()
  async apply(cluster: Cluster) {
    await cluster.bucket(bucket).defaultCollection().upsert(stool, { price: 5 });
  }

  @Rollback()
  async rollback(cluster: Cluster) {
    await cluster.bucket(bucket).defaultCollection().remove(stool);
  }
}

describe('an app on Couchbase', () => {
  beforeAll(async () => void (connected = await connect()));
  afterAll(() => connected.close());

  it('runs its changes at boot, one in a transaction with its marker and one without', async () => {
    const module = await compiled(
      { imports: [CouchbaseModule], providers: [AddLamp, AddStool] },
      {
        auditStore: CouchbaseAuditStore.inject(Cluster, { bucket, keyPrefix, durability }),
        targetSystems: [CouchbaseTargetSystem.inject('catalog', Cluster, { bucket, keyPrefix, durability })],
      },
    );
    await module.init();
    const prices = await Promise.all([lamp, stool].map((key) => connected.collection.get(key)));
    expect(prices.map(({ content }) => content as unknown)).toEqual([{ price: 10 }, { price: 5 }]);
    const entries = [];
    for await (const { changeId, state, strategy } of module.get(Flamingock).history())
      entries.push(`${changeId} ${state} ${strategy}`);
    expect(entries).toEqual([
      'add-lamp STARTED marker',
      'add-lamp APPLIED marker',
      'add-stool STARTED plain',
      'add-stool APPLIED plain',
    ]);
    await module.close();
  });
});
