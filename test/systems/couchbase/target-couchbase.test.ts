import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutsideTransactionError, TargetSystemError } from 'nestjs-flamingock';
import { CouchbaseTargetSystem } from 'nestjs-flamingock/couchbase';
import type { TargetTransaction } from '../../../lib/core/model/target-system.js';
import { attemptScope } from '../mongoose/support/scope.js';
import { type Connected, createCouchbaseLocation, durability } from './support/couchbase-location.js';
import { clientsOf } from './support/effects.js';
import { type CommitFaults, withTransactions } from './support/stand-in-transactions.js';

// Commits that are lost, repeated or in each other's way, at the stand-in for the SDK's transactions
// (support/stand-in-transactions.ts): no server that can be had runs them. Everything else is on CouchbaseMock.

const { keyPrefix, connect } = createCouchbaseLocation();
const bucket = 'default';
let connected: Connected;
let names = 0;

/** A target system in a namespace of its own, with a document that does not exist yet. */
async function bench(faults: CommitFaults = {}) {
  const [namespace, key] = [`n${++names}`, `${keyPrefix}:lamp-${names}`];
  const cluster = withTransactions(connected.cluster, faults);
  const options = { bucket, keyPrefix, durability, lockWait: '300ms' } as const;
  const target = new CouchbaseTargetSystem('catalog', cluster, options);
  const scope = attemptScope({ namespace, changeId: 'add-lamp' });
  const markers = target.markers(scope);
  await markers.open();
  let calls = 0;
  /** What the engine does in a transaction of a change that inserts the document. */
  const change = async (transaction: TargetTransaction): Promise<number> => {
    calls += 1;
    const { context, collection } = clientsOf(transaction.clients, bucket);
    await context.insert(collection, key, { calls });
    await transaction.seal();
    if (!(await transaction.raiseFence(1, { seq: 1, hash: 'a'.repeat(64) })))
      throw new Error('a newer holder was here');
    await transaction.writeMarker({ changeId: 'add-lamp', attempt: 1, fence: 1, kind: 'applied' });
    return calls;
  };
  const inserted = async (): Promise<unknown> =>
    connected.collection.get(key).then(
      ({ content }) => content as unknown,
      () => undefined,
    );
  return { target, markers, scope, key, change, inserted };
}

describe('a transaction on Couchbase', () => {
  beforeAll(async () => void (connected = await connect()));
  afterAll(() => connected.close());

  it('whose commit was done and its answer lost is not done again when the SDK begins again', async () => {
    let lost = 0;
    const { target, markers, scope, change, inserted } = await bench({ after: () => lost++ === 0 });
    await expect(target.transaction(scope, change)).resolves.toBe(1);
    expect(await inserted()).toEqual({ calls: 1 });
    expect(await markers.read()).toHaveLength(1);
  });

  it('whose commit was refused, because the app wrote meanwhile, is begun again, the change and all', async () => {
    let disturbed = 0;
    const { target, scope, key, inserted } = await bench({
      before: async () => {
        if (disturbed++ === 0) await connected.collection.replace(key, { price: 10 });
      },
    });
    await connected.collection.insert(key, { price: 1 });
    await target.transaction(scope, async ({ clients }) => {
      const { context, collection } = clientsOf(clients, bucket);
      const lamp = await context.get(collection, key);
      await context.replace(lamp, { price: (lamp.content as { price: number }).price + 1 });
    });
    expect(disturbed).toBe(2);
    expect(await inserted()).toEqual({ price: 11 });
  });

  it('fails with the error of the change, not with what the SDK makes of it', async () => {
    const { target, markers, scope, key, change, inserted } = await bench();
    await connected.collection.insert(key, { by: 'the app' });
    await expect(target.transaction(scope, change)).rejects.toThrow('document exists');
    expect(await inserted()).toEqual({ by: 'the app' });
    expect(await markers.read()).toEqual([]);
  });

  it('is not begun again once somebody has raised the fence, which decides that it was not committed', async () => {
    const holder = await bench();
    let raised = 0;
    const { target, markers, scope, change, inserted } = await bench({
      before: async () => {
        // Its own holder, too: it has given the commit up for lost, and looks at the markers.
        if (raised++ === 0) await holder.target.markers(scope).raiseFence(1);
      },
    });
    await expect(target.transaction(scope, change)).rejects.toThrow(/is not begun again/);
    expect(await inserted()).toBeUndefined();
    expect(await markers.read()).toEqual([]);
  });

  it('refuses a write by the cluster, whatever the change makes of the error, and lets reads through', async () => {
    const { target, scope, key, inserted } = await bench();
    const leaking = target.transaction(scope, async (transaction) => {
      const { collection } = clientsOf(transaction.clients, bucket);
      await expect(collection.get(key)).rejects.toThrow('not found');
      await collection.upsert(key, {}).catch(() => undefined);
      await transaction.seal();
    });
    await expect(leaking).rejects.toThrow(OutsideTransactionError);
    await expect(leaking).rejects.toThrow("bucket('default').defaultCollection().upsert");
    expect(await inserted()).toBeUndefined();
  });

  it('lets it through where the change allows it', async () => {
    const { target, scope, key, inserted } = await bench();
    await target.transaction({ ...scope, outsideTransaction: 'allow' }, async ({ clients }) => {
      await clientsOf(clients, bucket).collection.upsert(key, { beside: true });
    });
    expect(await inserted()).toEqual({ beside: true });
  });

  it('replaces and removes what it has read, and leaves the cluster open', async () => {
    const { target, scope, key, inserted } = await bench();
    await connected.collection.insert(key, { price: 1 });
    await target.transaction(scope, async ({ clients }) => {
      const { context, cluster, collection } = clientsOf(clients, bucket);
      const lamp = await context.get(collection, key);
      await context.replace(lamp, { price: 2 });
      await cluster.close();
    });
    expect(await inserted()).toEqual({ price: 2 });
    await target.connect(scope, async (clients) => {
      const { context, collection } = clientsOf(clients, bucket);
      await context.remove(await context.get(collection, key));
    });
    expect(await inserted()).toBeUndefined();
  });

  it('of its own may be begun by a change without one, and is guarded', async () => {
    const { target, scope, key, inserted } = await bench();
    let held = true;
    const guard = () => {
      if (!held) throw new Error('the lease was lost');
    };
    await target.connect({ ...scope, guard }, async (clients) => {
      const { cluster, collection } = clientsOf(clients, bucket);
      await cluster.transactions().run(async (context) => {
        await context.insert(collection, key, { price: 1 });
      });
      const late = cluster.transactions().run(async (context) => {
        held = false;
        await context.remove(await context.get(collection, key));
      });
      await expect(late).rejects.toThrow(expect.objectContaining({ cause: new Error('the lease was lost') }));
    });
    expect(await inserted()).toEqual({ price: 1 });
  });

  it('that is in the way of a new holder is waited for until lockWait, and the error says so', async () => {
    const neighbour = await bench();
    const { markers, scope } = await bench({
      before: async () => void (await neighbour.target.markers(scope).raiseFence(1)),
    });
    const raising = markers.raiseFence(1);
    await expect(raising).rejects.toThrow(TargetSystemError);
    await expect(raising).rejects.toThrow(/could not be written for 300 ms.*lockWait/s);
  });
});
