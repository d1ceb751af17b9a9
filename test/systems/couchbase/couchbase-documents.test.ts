import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Collection } from 'couchbase';
import { AuditStoreError, TargetSystemError } from 'nestjs-flamingock';
import { AppendRefusedError } from 'nestjs-flamingock/kit';
import { CouchbaseAuditStore } from 'nestjs-flamingock/couchbase';
import { verifyAudit } from '../../../lib/core/engine/on-request/verify-audit.js';
import { LeaseWatch } from '../../../lib/core/kit/watched-lease.js';
import { OwnDocuments, type Upgrade } from '../../../lib/systems/couchbase/connection/own-documents.js';
import { openHead } from '../../../lib/systems/couchbase/store/head.js';
import { readSnapshot } from '../../../lib/systems/couchbase/store/read.js';
import {
  type DocumentKeys,
  documentKeys,
  fencesKey,
} from '../../../lib/systems/couchbase/store/store-location.js';
import { locationOf } from '../../../lib/systems/couchbase/target/marker-documents.js';
import { CouchbaseMarkerStore } from '../../../lib/systems/couchbase/target/marker-store.js';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { withReadsCounted } from './support/collection-faults.js';
import { cutEntries, editEntry } from './support/couchbase-documents.js';
import { type Connected, createCouchbaseLocation, durability } from './support/couchbase-location.js';
import { acquired, next } from './support/entries.js';
import { withTransactions } from './support/stand-in-transactions.js';

// On CouchbaseMock: what somebody did to our documents by hand, documents of other versions, and how many are read.

const { keyPrefix, connect } = createCouchbaseLocation();
let connected: Connected;
let collection: Collection;
let namespaces = 0;

/** A made-up version 2 has one field more. */
const toVersion2: Upgrade = (content) => ({ ...content, colour: 'pink' });

/** An opened store, in a namespace of its own, in which 'a' and 'b' were applied: four entries. */
async function filled() {
  const namespace = `n${++namespaces}`;
  const store = new CouchbaseAuditStore(collection, { namespace, keyPrefix, durability });
  await store.open();
  const fence = await acquired(store, 'run-1');
  await store.append(await next(store, { changeId: 'a' }), fence);
  const rest = [{ changeId: 'a', state: 'APPLIED' }, { changeId: 'b' }] as const;
  await store.append(await next(store, ...rest), fence);
  await store.append(await next(store, { changeId: 'b', state: 'APPLIED' }), fence);
  await store.release(fence);
  return { store, keys: documentKeys(keyPrefix, namespace) };
}

async function contentOf(key: string): Promise<Record<string, unknown>> {
  return (await collection.get(key)).content as Record<string, unknown>;
}

/** What is done by hand, and what `verifyAudit` says about it. */
const TAMPERING: Readonly<Record<string, readonly [(keys: DocumentKeys) => Promise<unknown>, RegExp]>> = {
  'the latest entry of a change edited': [
    ({ latest }) => editEntry(collection, latest(1), { state: 'FAILED' }),
    /latest entry of 'a' was altered/,
  ],
  'the latest entry of a change put back to an older one': [
    async ({ latest, entry }) => collection.replace(latest(1), await contentOf(entry(1))),
    /latest entry of 'a' is entry 1, an older one/,
  ],
  'the latest entry of a change removed': [
    ({ latest }) => collection.remove(latest(1)),
    /does not count it as the latest of 'a'/,
  ],
  'the latest entry of a change moved behind the end': [
    ({ latest }) => editEntry(collection, latest(2), { seq: 99 }),
    /latest entry of 'b' is not in the chain/,
  ],
  'the latest entry of a change put into the slot of another': [
    async ({ latest }) => collection.replace(latest(1), await contentOf(latest(2))),
    /does not count it as the latest of 'a'/,
  ],
  'an entry removed': [({ entry }) => collection.remove(entry(2)), /entry 2 is missing/],
  'all entries removed': [
    (keys) => cutEntries(collection, keys, 0),
    /the last entry there is 0: entries were/,
  ],
  'the head put back to an older one': [
    async ({ head, entry }) => {
      const { entry: second } = (await contentOf(entry(2))) as { entry: { hash: string } };
      await collection.replace(head, {
        ...(await contentOf(head)),
        chain: { seq: 2, hash: second.hash },
        tail: [],
      });
    },
    /ends with entry 2, but there is an entry 4/,
  ],
};

describe('the documents of an audit store in Couchbase', () => {
  beforeAll(async () => {
    connected = await connect();
    ({ collection } = connected);
  });
  afterAll(() => connected.close());

  it('are three for a summary, and one more for each change for a snapshot', async () => {
    const { store } = await filled();
    const pluralize = withReadsCounted(collection);
    const options = { namespace: store.namespace, keyPrefix, durability };
    const other = new CouchbaseAuditStore(pluralize.collection, options);
    await other.summary();
    expect(pluralize.reads()).toBe(3);
    await other.snapshot();
    expect(pluralize.reads()).toBe(3 + 3 + 2);
  });

  it.each(Object.entries(TAMPERING))('%s: verifyAudit finds it', async (_what, [tamper, said]) => {
    const { store, keys } = await filled();
    expect(await verifyAudit({ store })).toMatchObject({ intact: true, entries: 4 });
    await tamper(keys);
    expect(await verifyAudit({ store })).toMatchObject({
      intact: false,
      firstBad: { reason: expect.stringMatching(said) as unknown },
    });
  });

  it('show that the head was removed while entries are there', async () => {
    const { store, keys } = await filled();
    await collection.remove(keys.head);
    const ends = async () => {
      const { head, last } = await store.summary();
      return [head.seq, last.seq];
    };
    expect(await ends()).toEqual([0, 4]);
    await store.open();
    expect(await ends()).toEqual([0, 4]);
  });

  it('tell the last entry when many are gone, and when one in the middle is', async () => {
    const { store, keys } = await filled();
    await collection.remove(keys.entry(2));
    expect((await store.summary()).last.seq).toBe(4);
    await cutEntries(collection, keys, 3);
    expect((await store.summary()).last.seq).toBe(3);
    await cutEntries(collection, keys, 2);
    expect((await store.summary()).last.seq).toBe(1);
  });

  it.each<[string, string[], (keys: DocumentKeys) => Promise<unknown>]>([
    ['was given that of another', ['a', 'b'], ({ change }) => collection.replace(change('a'), { slot: 2 })],
    ['was emptied', ['b'], ({ latest }) => collection.remove(latest(1))],
    ['was filled with nonsense', ['b'], ({ latest }) => editEntry(collection, latest(1), { seq: NaN })],
  ])('refuse an entry whose slot %s, and write nothing', async (_what, left, tamper) => {
    const { store, keys } = await filled();
    await tamper(keys);
    const fence = await acquired(store, 'run-2');
    const failing = store.append(await next(store, { changeId: 'a' }), fence);
    await expect(failing).rejects.toThrow(AppendRefusedError);
    await expect(failing).rejects.toThrow(
      /latest:\d' does not hold the latest entry of change 'a'.*verifyAudit/s,
    );
    const { latest } = await store.snapshot();
    expect(latest.map(({ changeId }) => changeId)).toEqual(left);
  });

  it('that say where a change is, once removed, are found when the change has an entry again', async () => {
    const { store, keys } = await filled();
    await collection.remove(keys.change('a'));
    await store.append(await next(store, { changeId: 'a' }), await acquired(store, 'run-2'));
    expect((await store.snapshot()).latest.findLast(({ changeId }) => changeId === 'a')?.seq).toBe(5);
    expect((await verifyAudit({ store })).firstBad?.reason).toContain('is entry 2, an older one');
  });

  it('of an older version are not ready until they are opened, by any number of replicas at once', async () => {
    const { store, keys } = await filled();
    const documents = new OwnDocuments(collection, durability);
    const { namespace } = store;
    const location = { documents, keys, namespace, upgrades: [toVersion2] };
    const watch = new LeaseWatch(() => performance.now());
    const before = await readSnapshot(location, watch);
    expect(before).toEqual({ ...(await store.snapshot()), ready: false });
    await Promise.all([1, 2, 3].map(() => openHead(location)));
    expect(await readSnapshot(location, watch)).toEqual({ ...before, ready: true });
    expect(await contentOf(keys.head)).toMatchObject({ version: 2, colour: 'pink' });
    await expect(store.summary()).rejects.toThrow(AuditStoreError);
    await expect(store.open()).rejects.toThrow(
      /has version 2; .* knows version 1.*upgrade nestjs-flamingock/s,
    );
  });

  it('are settled without a change of what those see who wait for the lease of a dead process', async () => {
    const { store, keys } = await filled();
    await acquired(store, 'dead', 200);
    const { nonce } = await contentOf(keys.head);
    const settled = { seq: 4, digests: ['d'.repeat(64)] };
    const { namespace } = store;
    const other = new CouchbaseAuditStore(collection, { namespace, keyPrefix, durability });
    await other.settle(settled);
    expect((await other.summary()).settled.digests).toEqual([]);
    await sleep(300);
    await other.settle(settled);
    expect(await contentOf(keys.head)).toMatchObject({ nonce, settled });
    expect(await other.acquire({ holder: 'next', host: 'host-b', leaseMs: 1_000 })).toMatchObject({
      token: 3,
    });
  });
});

describe('the documents of a target system in Couchbase', () => {
  beforeAll(async () => {
    connected = await connect();
    ({ collection } = connected);
  });
  afterAll(() => connected.close());

  const markersOf = (namespace: string, upgrades: readonly Upgrade[] = [], prefix = keyPrefix) => {
    const documents = new OwnDocuments(collection, durability);
    const locations = { targetId: 'catalog', documents, keyPrefix: prefix, upgrades };
    const location = locationOf(locations, chainIn(namespace));
    const runner = withTransactions(connected.cluster).transactions();
    return { location, markers: new CouchbaseMarkerStore({ location, runner, lockWaitMs: 300 }) };
  };

  it('of an older version are brought up to date when they are opened, those of a newer one refused', async () => {
    const { location, markers } = markersOf('versions');
    await markers.open();
    await markers.raiseFence(3);
    await markersOf('versions', [toVersion2]).markers.open();
    expect(await contentOf(location.key)).toMatchObject({ version: 2, colour: 'pink', token: 3 });
    await expect(markers.open()).rejects.toThrow(TargetSystemError);
    await expect(markers.raiseFence(4)).rejects.toThrow(
      /'catalog' has version 2.*upgrade nestjs-flamingock/s,
    );
    await expect(markers.read()).rejects.toThrow(TargetSystemError);
  });

  it('tell of each fence once, however often it is opened, and of none that is not there yet', async () => {
    const { location, markers } = markersOf('known', [], `${keyPrefix}-known`);
    await Promise.all([1, 2, 3].map(() => markers.open()));
    expect(await markers.fences()).toEqual([{ ...location.chain, token: 0, witness: null }]);
    await collection.remove(location.key);
    expect(await markers.fences()).toEqual([]);
    await markers.open();
    expect(await contentOf(fencesKey(location.keyPrefix))).toEqual({ version: 1, chains: [location.chain] });
  });
});
