import { describe, expect, it } from '@jest/globals';
import { AuditWriter } from '../../lib/core/engine/audit-writer.js';
import type { Lease } from '../../lib/core/engine/lease.js';
import { NOTHING_YET } from '../../lib/core/kit/base-audit-store.js';
import { EMPTY_CHAIN } from '../../lib/core/kit/hash-chain.js';
import type { AuditEntry, ChainHead } from '../../lib/core/model/audit-entry.js';
import type { AuditStore, AuditSummary } from '../../lib/core/model/audit-store.js';
import {
  AppendRefusedError,
  AuditStoreError,
  LockLostError,
  StaleFenceError,
} from '../../lib/core/model/errors.js';
import { ManualClock } from './manual-clock.js';
import { draftWith } from './values.js';

type Answer = 'written' | 'written, no answer' | 'lost' | 'refused' | 'stale' | 'written late, refused';

/** Keeps entries and answers each append as the test says; the last answer goes on. */
class ScriptedStore {
  readonly name = 'scripted';
  readonly entries: AuditEntry[] = [];
  appends = 0;

  constructor(private readonly answers: readonly Answer[]) {}

  append(entries: readonly AuditEntry[]): Promise<void> {
    const answer = this.answers[Math.min(this.appends++, this.answers.length - 1)] ?? 'written';
    if (answer.startsWith('written')) this.entries.push(...entries);
    return answer === 'written' ? Promise.resolve() : Promise.reject(ERRORS[answer]());
  }

  renew(): Promise<boolean> {
    return Promise.resolve(true);
  }

  summary(): Promise<AuditSummary> {
    const head: ChainHead = this.entries.at(-1) ?? EMPTY_CHAIN;
    return Promise.resolve({ ...NOTHING_YET, ready: true, head, last: head });
  }
}

const ERRORS: Readonly<Record<Exclude<Answer, 'written'>, () => Error>> = {
  'written, no answer': () => new Error('connection reset'),
  lost: () => new Error('connection refused'),
  refused: () => new AppendRefusedError('no space left on the device'),
  stale: () => new StaleFenceError('another token'),
  'written late, refused': () => new AppendRefusedError('this seq is taken'),
};

function auditWriterOn(store: ScriptedStore): {
  readonly auditWriter: AuditWriter;
  readonly clock: ManualClock;
} {
  const clock = new ManualClock();
  const lost = new AbortController();
  const lease: Lease = {
    fence: {
      storeId: '0'.repeat(32),
      namespace: 'default',
      token: 1,
      holder: 'execution-1',
      leaseMs: 30_000,
    },
    signal: lost.signal,
    guard: () => lost.signal.throwIfAborted(),
    lose: (why) => {
      lost.abort(new LockLostError(why));
      return lost.signal.reason as LockLostError;
    },
  };
  const asStore = store as Pick<AuditStore, 'name' | 'append' | 'renew' | 'summary'> as AuditStore;
  return { auditWriter: new AuditWriter(asStore, lease, clock, EMPTY_CHAIN), clock };
}

async function append(
  ...answers: Answer[]
): Promise<{ readonly store: ScriptedStore; readonly error?: unknown }> {
  const store = new ScriptedStore(answers);
  const { auditWriter, clock } = auditWriterOn(store);
  const appended = auditWriter.append([draftWith()]).then(
    () => undefined,
    (error: unknown) => error,
  );
  await clock.pass(5_000);
  return { store, error: await appended };
}

describe('Journal.append', () => {
  it('does not write again what landed although its answer was lost', async () => {
    const { store, error } = await append('written, no answer', 'written');
    expect(error).toBeUndefined();
    expect(store.appends).toBe(1);
    expect(store.entries.map(({ seq }) => seq)).toEqual([1]);
  });

  it('writes again what did not land', async () => {
    const { store, error } = await append('lost', 'lost', 'written');
    expect(error).toBeUndefined();
    expect(store.appends).toBe(3);
    expect(store.entries.map(({ seq }) => seq)).toEqual([1]);
  });

  it('tells a refusal, with what the store said', async () => {
    const { store, error } = await append('refused');
    expect(error).toBeInstanceOf(AuditStoreError);
    expect((error as AuditStoreError).cause).toBeInstanceOf(AppendRefusedError);
    expect(store.appends).toBe(1);
  });

  it('does not take a refusal for an answer to the silent try before it', async () => {
    const { store, error } = await append('lost', 'refused');
    expect(error).toBeInstanceOf(AuditStoreError);
    expect((error as AuditStoreError).cause).not.toBeInstanceOf(AppendRefusedError);
    expect(store.appends).toBe(2);
  });

  it('counts an entry as written when the retry is refused because the silent try had landed late', async () => {
    const { store, error } = await append('lost', 'written late, refused');
    expect(error).toBeUndefined();
    expect(store.entries.map(({ seq }) => seq)).toEqual([1]);
  });

  it('ends what fails the same way for ever, although the lease is renewed all the time, and says what was wrong', async () => {
    const store = new ScriptedStore(['lost']);
    const { auditWriter, clock } = auditWriterOn(store);
    const appended = auditWriter.append([draftWith()]).catch((error: unknown) => error);
    await clock.pass(29_000);
    expect(store.appends).toBeGreaterThan(100);
    await clock.pass(2_000);
    const tries = store.appends;
    await clock.pass(60_000);
    expect(store.appends).toBe(tries);
    const error = await Promise.race([appended, Promise.resolve('goes on')]);
    expect(error).toBeInstanceOf(AuditStoreError);
    expect(String(error)).toContain('connection refused');
  });

  it('does not ask for ever what it has come to', async () => {
    const store = new ScriptedStore(['lost']);
    store.summary = () => Promise.reject(new Error('may not read'));
    const { auditWriter, clock } = auditWriterOn(store);
    const appended = auditWriter.append([draftWith()]).catch((error: unknown) => error);
    await clock.pass(31_000);
    const error = await Promise.race([appended, Promise.resolve('goes on')]);
    expect(error).toBeInstanceOf(AuditStoreError);
    expect(store.appends).toBe(1);
  });

  it('loses the lease when the fence is stale', async () => {
    const { error } = await append('stale');
    expect(error).toBeInstanceOf(LockLostError);
  });
});
