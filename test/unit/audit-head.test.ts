import { describe, expect, it } from '@jest/globals';
import { requireNamespace, refusedByServer } from '../../lib/core/kit/base-audit-store.js';
import { type AuditHead, requireEnd } from '../../lib/core/kit/watched-lease.js';
import { wrapError } from '../../lib/core/kit/wrap-error.js';
import { AppendRefusedError, AuditStoreError, StaleFenceError } from '../../lib/core/model/errors.js';
import { entryWith } from './values.js';

const HOLDER = { holder: 'a-run', host: 'web-1', since: '', until: '' };
const HEAD: AuditHead = {
  token: 7,
  nonce: 'a',
  holder: HOLDER,
  leaseMs: 1_000,
  chain: { seq: 4, hash: 'f'.repeat(64) },
  storeId: '0'.repeat(32),
  settled: { seq: 0, digests: [] },
  version: 1,
};
const FENCE = { storeId: '0'.repeat(32), namespace: 'default', token: 7, holder: 'a-run', leaseMs: 1_000 };

describe('requireEnd', () => {
  const judge = (head: AuditHead | undefined, seq: number) => (): void =>
    requireEnd(head, { entries: [entryWith({ seq }), entryWith({ seq: seq + 1 })], fence: FENCE }, 'book');

  it('lets the holder of the lease go on behind the end of the chain', () => {
    expect(judge(HEAD, 5)).not.toThrow();
  });

  it.each<[string, AuditHead | undefined]>([
    ['the store was never opened', undefined],
    ['the lease was taken since', { ...HEAD, token: 8 }],
    ['the lease was released', { ...HEAD, holder: null }],
    ['the lease is that of another run', { ...HEAD, holder: { ...HOLDER, holder: 'another' } }],
  ])('refuses a fence when %s', (_why, head) => {
    expect(judge(head, 5)).toThrow(StaleFenceError);
  });

  it.each([4, 6])('refuses entries from seq %i on behind 4, and names what somebody wrote to', (seq) => {
    expect(judge(HEAD, seq)).toThrow(AppendRefusedError);
    expect(judge(HEAD, seq)).toThrow(`from seq ${seq} on`);
    expect(judge(HEAD, seq)).toThrow('let nobody write to the book by hand');
  });
});

describe('refusedByServer', () => {
  it('names every entry and what the server said', () => {
    const cause = new Error('disk full');
    const error = refusedByServer(
      'The book refused entry',
      [entryWith({ seq: 5 }), entryWith({ seq: 6 })],
      cause,
    );
    expect(error).toMatchObject({ message: 'The book refused entry 5, 6: disk full', cause, fix: [] });
  });
});

describe('requireNamespace', () => {
  it('takes 200 characters, however many bytes they have', () => {
    expect(requireNamespace('🦩'.repeat(200))).toBe('🦩'.repeat(200));
  });

  it.each(['', ' \t', 'a'.repeat(201)])('refuses %j', (namespace) => {
    expect(() => requireNamespace(namespace)).toThrow(AuditStoreError);
  });
});

describe('wrapError', () => {
  const wrap = (cause: unknown) => new AuditStoreError('in our words', { cause });

  it('passes on what work returns, and errors that are ours already', async () => {
    const ours = new StaleFenceError('too late');
    await expect(wrapError(async () => 1, wrap)).resolves.toBe(1);
    await expect(wrapError(() => Promise.reject(ours), wrap)).rejects.toBe(ours);
  });

  it('wraps any other failure in our words, and keeps it as the cause', async () => {
    const cause = new Error('ECONNREFUSED');
    await expect(wrapError(() => Promise.reject(cause), wrap)).rejects.toMatchObject({
      message: 'in our words',
      cause,
    });
  });
});
