import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AmbiguousTimeoutError, Cluster, type Collection } from 'couchbase';
import { AuditStoreError } from 'nestjs-flamingock';
import { AppendRefusedError, StaleFenceError } from 'nestjs-flamingock/kit';
import { CouchbaseAuditStore } from 'nestjs-flamingock/couchbase';
import { documentKeys } from '../../../lib/systems/couchbase/store/store-location.js';
import { eventually } from '../../../lib/testing/waiting.js';
import { type Around, gate, isHead, withFaults, withLateReads } from './support/collection-faults.js';
import { type Connected, createCouchbaseLocation, durability } from './support/couchbase-location.js';
import { acquired, next, told } from './support/entries.js';

// On CouchbaseMock: what a crash or a stall between two of the store's writes leaves behind, and lost answers.

const { keyPrefix, connect } = createCouchbaseLocation();
let connected: Connected;
let namespaces = 0;

/** Two stores in a namespace of their own; the writes of the first go through `around`. */
async function stores(around: Around = (_write, send) => send()) {
  const options = { namespace: `n${++namespaces}`, keyPrefix, durability };
  const storeOn = (collection: Collection) => new CouchbaseAuditStore(collection, options);
  const first = storeOn(withFaults(connected.collection, around));
  await first.open();
  return { first, second: storeOn(connected.collection), keys: documentKeys(keyPrefix, options.namespace) };
}

const noAnswer = () => new AmbiguousTimeoutError(new Error('no answer (injected by the test)'));

describe('an audit store in Couchbase', () => {
  beforeAll(async () => void (connected = await connect()));
  afterAll(() => connected.close());

  it('tells of entries whose process died right after their commit, and files them before the next ones', async () => {
    let dead = false;
    const { first, second, keys } = await stores((write, send) =>
      dead && !isHead(write) ? Promise.reject(new Error('the process has died')) : send(),
    );
    const fence = await acquired(first, 'dead');
    await first.append(await next(first, { changeId: 'a' }), fence);
    dead = true;
    await first.append(await next(first, { changeId: 'a', state: 'APPLIED' }, { changeId: 'b' }), fence);
    await expect(connected.collection.get(keys.entry(2))).rejects.toThrow('not found');

    const committed = {
      history: ['1 a STARTED', '2 a APPLIED', '3 b STARTED'],
      latest: ['2 a APPLIED', '3 b STARTED'],
    };
    expect(await told(second)).toEqual(committed);
    const { head, last } = await second.summary();
    expect(last).toEqual(head);
    const byChange = [];
    for await (const { seq } of second.history({ changeId: 'a', direction: 'newest-first' }))
      byChange.push(seq);
    expect(byChange).toEqual([2, 1]);

    await first.release(fence);
    await second.append(
      await next(second, { changeId: 'b', state: 'APPLIED' }),
      await acquired(second, 'next'),
    );
    expect(await told(second)).toEqual({
      history: [...committed.history, '4 b APPLIED'],
      latest: ['2 a APPLIED', '4 b APPLIED'],
    });
    expect((await connected.collection.get(keys.entry(2))).content).toHaveProperty('entry.changeId', 'a');
  });

  it('refuses a process that stood still right before its commit, and nothing of it is seen', async () => {
    const [reached, goOn] = [gate(), gate()];
    let stands = false;
    const { first, second } = await stores(async (write, send) => {
      if (stands && isHead(write)) {
        stands = false;
        reached.open();
        await goOn.opened;
      }
      return send();
    });
    const old = await acquired(first, 'zombie');
    const late = await next(first, { changeId: 'late' });
    stands = true;
    const appending = first.append(late, old);
    await reached.opened;
    await second.release(old);
    await second.append(await next(second, { changeId: 'a' }), await acquired(second, 'current'));
    goOn.open();
    await expect(appending).rejects.toThrow(StaleFenceError);
    expect(await told(second)).toEqual({ history: ['1 a STARTED'], latest: ['1 a STARTED'] });
  });

  it('tells a process that was late to look for a change from one whose documents were changed by hand', async () => {
    const [looks, goOn, files] = [gate(), gate(), gate()];
    const { first, second, keys } = await stores(async (write, send) => {
      if (!write.key.endsWith(':latest:1')) return send();
      files.open();
      return new Promise(() => undefined);
    });
    const late = new CouchbaseAuditStore(
      withLateReads(connected.collection, keys.change('a'), async () => {
        looks.open();
        await goOn.opened;
      }),
      { namespace: first.namespace, keyPrefix, durability },
    );
    const old = await acquired(late, 'zombie');
    const appending = late.append(await next(second, { changeId: 'a' }), old);
    await looks.opened;
    await second.release(old);
    void first.append(await next(second, { changeId: 'a' }), await acquired(second, 'current'));
    await files.opened;
    const isFiled = () => connected.collection.get(keys.change('a')).catch(() => undefined);
    await eventually('the slot of the change', isFiled);
    goOn.open();
    await expect(appending).rejects.toThrow(StaleFenceError);
  });

  it('does not go back when a process that stood still right after its commit files its entries late', async () => {
    const [reached, goOn] = [gate(), gate()];
    let stands = false;
    const { first, second } = await stores(async (write, send) => {
      if (stands && !isHead(write)) {
        reached.open();
        await goOn.opened;
      }
      return send();
    });
    const fence = await acquired(first, 'slow');
    await first.append(await next(first, { changeId: 'a' }), fence);
    stands = true;
    const appending = first.append(await next(first, { changeId: 'a', state: 'FAILED' }), fence);
    await reached.opened;
    await second.release(fence);
    await second.append(
      await next(second, { changeId: 'a', state: 'ROLLED_BACK' }),
      await acquired(second, 'current'),
    );
    goOn.open();
    await appending;
    expect(await told(second)).toEqual({
      history: ['1 a STARTED', '2 a FAILED', '3 a ROLLED_BACK'],
      latest: ['3 a ROLLED_BACK'],
    });
  });

  it('finds out that a write was done whose answer was lost: of the lease, and of entries', async () => {
    const { first, second } = await stores(async (write, send) => {
      const answer = await send();
      if (isHead(write) && write.method === 'replace') throw noAnswer();
      return answer;
    });
    const fence = await acquired(first, 'unlucky');
    expect(fence.token).toBe(1);
    await first.append(await next(first, { changeId: 'a' }), fence);
    expect(await first.renew(fence)).toBe(true);
    expect(await told(second)).toEqual({ history: ['1 a STARTED'], latest: ['1 a STARTED'] });
  });

  it('says that there was no answer when a write was not done: that is no refusal', async () => {
    let cut = false;
    const { first, second } = await stores((_write, send) => (cut ? Promise.reject(noAnswer()) : send()));
    const fence = await acquired(first, 'unlucky');
    const entries = await next(first, { changeId: 'a' });
    cut = true;
    await expect(first.append(entries, fence)).rejects.toThrow(AmbiguousTimeoutError);
    expect((await told(second)).history).toEqual([]);
  });

  it('keeps its head small: long texts are compressed, and it has the entries of the last append only', async () => {
    const { first, second, keys } = await stores();
    const fence = await acquired(first, 'busy');
    for (let index = 0; index < 30; index++)
      await first.append(await next(first, { changeId: `c${index}`, error: 'trace '.repeat(50_000) }), fence);
    const head = JSON.stringify((await connected.collection.get(keys.head)).content);
    expect(head.length).toBeLessThan(4_000);
    expect((await second.snapshot()).latest).toHaveLength(30);
  });

  it('refuses what is too large for a document, with the seq', async () => {
    const { first } = await stores();
    const fence = await acquired(first, 'large');
    const entries = await next(first, { metadata: { dump: 'x'.repeat(21 * 1024 * 1024) } });
    const failing = first.append(entries, fence);
    await expect(failing).rejects.toThrow(AppendRefusedError);
    await expect(failing).rejects.toThrow('refused entry 1: value too large');
  });

  it('asks for the bucket when it is given a cluster, and finds the collection by it', async () => {
    const { cluster, bucket } = connected;
    const { create, token } = CouchbaseAuditStore.inject();
    expect(token).toBe(Cluster);
    expect(() => create(cluster)).toThrow(AuditStoreError);
    expect(() => create(cluster)).toThrow(/no bucket.*\{ bucket: 'shop' \}/s);
    const store = new CouchbaseAuditStore(cluster, { bucket, keyPrefix, durability });
    expect(store.name).toBe('couchbase:default._default._default');
    expect((await store.snapshot()).ready).toBe(false);
    expect(() => new CouchbaseAuditStore(cluster, { bucket, namespace: ' ' })).toThrow(AuditStoreError);
  });
});
