import { describe, expect, it } from '@jest/globals';
import { type AuditVerification, verifyAudit } from '../../lib/core/engine/on-request/verify-audit.js';
import { NOTHING_YET } from '../../lib/core/kit/base-audit-store.js';
import { appendToChain, EMPTY_CHAIN, headOf } from '../../lib/core/kit/hash-chain.js';
import type { AuditEntry } from '../../lib/core/model/audit-entry.js';
import type { AuditSnapshot, AuditStore, AuditSummary } from '../../lib/core/model/audit-store.js';
import { draftWith } from './values.js';

const CHAIN = appendToChain(
  EMPTY_CHAIN,
  ['a', 'b', 'a', 'b', 'c', 'c'].map((changeId, index) =>
    draftWith({ changeId, state: index % 2 ? 'APPLIED' : 'STARTED' }),
  ),
);
const [, B1, A2, B2, , C2] = CHAIN as [
  AuditEntry,
  AuditEntry,
  AuditEntry,
  AuditEntry,
  AuditEntry,
  AuditEntry,
];

/** What a tampered store shows; the rest is as it was. */
interface Shown {
  readonly entries?: readonly AuditEntry[];
  readonly latest?: readonly AuditEntry[];
  readonly head?: AuditSummary['head'];
  /** What was appended while the walk went on. */
  readonly later?: readonly AuditEntry[];
}

function verify({ entries = CHAIN, latest = [A2, B2, C2], head = headOf(CHAIN), later = [] }: Shown) {
  const summary: AuditSummary = { ...NOTHING_YET, ready: true, head, last: headOf(entries) };
  const moved = { ...summary, head: headOf([...CHAIN, ...later]), last: headOf([...entries, ...later]) };
  const store: Partial<AuditStore> = {
    keepsLatestApart: true,
    snapshot: async (): Promise<AuditSnapshot> => ({ ...summary, latest }),
    summary: async () => (later.length ? moved : summary),
    async *history() {
      yield* entries;
      yield* later;
    },
  };
  return verifyAudit({ store: store as AuditStore });
}

async function firstBad(shown: Shown): Promise<AuditVerification['firstBad']> {
  const { intact, firstBad: found } = await verify(shown);
  expect(intact).toBe(found === undefined);
  return found;
}

describe('verifyAudit', () => {
  it('finds a whole chain whole, also one that grows meanwhile', async () => {
    expect(await verify({})).toEqual({ intact: true, entries: 6, head: headOf(CHAIN) });
    const later = appendToChain(headOf(CHAIN), [draftWith({ changeId: 'a' })]);
    expect(await verify({ later })).toEqual({ intact: true, entries: 7, head: headOf(later) });
  });

  it.each([5, 2, 0])('finds that entries behind %i were cut off', async (left) => {
    const entries = CHAIN.slice(0, left);
    const latest = [...new Map(entries.map((entry) => [entry.changeId, entry])).values()];
    expect(await firstBad({ entries, latest })).toMatchObject({ reason: expect.stringContaining('removed') });
    expect(await firstBad({ entries })).toMatchObject({ seq: left ? expect.any(Number) : 1 });
    expect((await verify({ entries, latest })).firstBad?.seq).toBe(left + 1);
  });

  it('finds entries that stand behind the end of the record', async () => {
    const head = headOf(CHAIN.slice(0, 5));
    expect(await firstBad({ head })).toMatchObject({ seq: 6, reason: expect.stringContaining('added') });
  });

  it.each<[string, readonly AuditEntry[], number, RegExp]>([
    ['was altered', [A2, { ...B2, state: 'FAILED' }, C2], 4, /latest entry of 'b' was altered/],
    ['is an older one', [A2, B1, C2], 4, /latest entry of 'b' is entry 2, an older one/],
    ['is missing', [A2, C2], 4, /does not count it as the latest of 'b'/],
    [
      'is of a change that was never recorded',
      [A2, B2, C2, { ...A2, changeId: 'z' }],
      3,
      /latest entry of 'z' is not in the chain/,
    ],
  ])('finds that what decides %s', async (_what, latest, seq, reason) => {
    expect(await firstBad({ latest })).toEqual({ seq, reason: expect.stringMatching(reason) });
  });
});
