import { describe, expect, it } from '@jest/globals';
import { type AuditStorage, BaseAuditStore, NOTHING_YET } from '../../lib/core/kit/base-audit-store.js';
import { AppendRefusedError, AuditStoreError, StaleFenceError } from '../../lib/core/model/errors.js';
import { entryWith } from './values.js';

const FENCE = { storeId: '0'.repeat(32), namespace: 'shop', token: 7, holder: 'a-run', leaseMs: 1_000 };
const UNOPENED = new Error('no such table');
const DENIED = new Error('disk full');

class ListStore extends BaseAuditStore<'own session'> {
  readonly resource = 'a list';
}

/** A store on a technology that answers every call with this error. */
function storeThatFails(error: Error) {
  const appended: unknown[] = [];
  const fail = () => Promise.reject(error);
  const storage: AuditStorage<'own session'> = {
    open: fail,
    summary: fail,
    snapshot: fail,
    append: (append, session) => (appended.push([append.entries.length, session]), fail()),
    history: () => ({ [Symbol.asyncIterator]: () => ({ next: fail }) }),
    acquire: fail,
    renew: fail,
    release: fail,
    settle: fail,
    adopt: async () => false,
    isSession: (session) => session === 'own session',
    isUnopened: (thrown) => thrown === UNOPENED,
    isAnswered: (thrown) => thrown === DENIED,
    fixesOf: () => ['make room'],
    failed: (what, cause, exists) => new AuditStoreError(`the list ${what}, opened: ${exists}`, { cause }),
  };
  return { store: new ListStore('list', 'shop', storage), appended };
}

describe('BaseAuditStore', () => {
  it('has nothing to tell before it was opened', async () => {
    const { store } = storeThatFails(UNOPENED);
    expect([await store.summary(), await store.snapshot()]).toEqual([NOTHING_YET, NOTHING_YET]);
    for await (const entry of store.history()) throw new Error(`an entry: ${entry.seq}`);
  });

  it('words the errors of the driver, and says whether the store was opened before', async () => {
    const { store } = storeThatFails(new Error('ECONNREFUSED'));
    await expect(store.open()).rejects.toThrow('the list cannot be opened, opened: false');
    await expect(store.snapshot()).rejects.toThrow('the list cannot be read, opened: false');
    await expect(store.history()[Symbol.asyncIterator]().next()).rejects.toThrow('cannot be read');
    await expect(store.acquire({ holder: 'a', host: 'b', leaseMs: 1 })).rejects.toThrow('opened: true');
    await expect(store.renew(FENCE)).rejects.toThrow('ECONNREFUSED');
    await expect(store.append([entryWith({ seq: 1 })], FENCE)).rejects.toThrow('ECONNREFUSED');
  });

  it('checks entries and session before it writes, and writes nothing for no entries', async () => {
    const { store, appended } = storeThatFails(DENIED);
    const gap = [entryWith({ seq: 1 }), entryWith({ seq: 3 })];
    await expect(store.append(gap, FENCE)).rejects.toThrow('seq 3 stands where 2 is due');
    await expect(store.append([], FENCE, 'another session')).rejects.toThrow(AuditStoreError);
    await store.append([], FENCE, 'own session');
    expect(appended).toEqual([]);
  });

  it('tells a refusal by the server from a write without an answer', async () => {
    const { store, appended } = storeThatFails(DENIED);
    const refused: unknown = await store
      .append([entryWith({ seq: 5 }), entryWith({ seq: 6 })], FENCE, 'own session')
      .catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(AppendRefusedError);
    expect(refused).toMatchObject({
      message: expect.stringContaining('The audit store list refused entry 5, 6: disk full') as unknown,
      fix: ['make room'],
      cause: DENIED,
    });
    expect(appended).toEqual([[2, 'own session']]);
  });

  it('takes another store id from the holder of the lease only', () =>
    expect(storeThatFails(DENIED).store.adopt('f'.repeat(32), FENCE)).rejects.toThrow(StaleFenceError));
});
