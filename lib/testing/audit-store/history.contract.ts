import assert from 'node:assert/strict';
import type { AuditEntry } from '../../core/model/audit-entry.js';
import type { AuditStore, HistoryQuery } from '../../core/model/audit-store.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { acquired, append, type AuditStoreWorkbench, historyOf } from './audit-store.workbench.js';
import { assertEntries } from './entry-assertions.js';
import { draft } from './entry-samples.js';

const SAMPLE = [
  draft({ changeId: 'a', targetSystem: 'db', state: 'STARTED', at: '2026-01-01T00:00:00.000Z' }),
  draft({ changeId: 'a', targetSystem: 'db', state: 'APPLIED', at: '2026-01-01T00:00:01.000Z' }),
  draft({ changeId: 'b', targetSystem: 'files', state: 'STARTED', at: '2026-01-01T00:00:02.000Z' }),
  draft({ changeId: 'A', targetSystem: 'files', state: 'APPLIED', at: '2026-01-01T00:00:02.500Z' }),
  draft({ changeId: 'b', targetSystem: 'files', state: 'APPLIED', at: '2026-01-01T00:00:03.000Z' }),
  draft({ changeId: 'c', targetSystem: 'db', state: 'APPLIED', at: '2025-01-01T00:00:00.000Z' }),
];

/** Queries with the seqs of SAMPLE that they must find, in order. */
const QUERIES: readonly (readonly [string, HistoryQuery | undefined, readonly number[]])[] = [
  ['nothing said: all, oldest first by seq', undefined, [1, 2, 3, 4, 5, 6]],
  ['an empty query', {}, [1, 2, 3, 4, 5, 6]],
  ['a change', { changeId: 'a' }, [1, 2]],
  ['a change that is unknown', { changeId: 'nobody' }, []],
  ['a state', { state: 'STARTED' }, [1, 3]],
  ['a target system', { targetSystem: 'files' }, [3, 4, 5]],
  ['since, which is included', { since: new Date('2026-01-01T00:00:02.500Z') }, [4, 5]],
  ['until, which is not included', { until: new Date('2026-01-01T00:00:02.000Z') }, [1, 2, 6]],
  ['a seq from which on', { fromSeq: 4 }, [4, 5, 6]],
  ['a seq from which on, newest first', { fromSeq: 5, direction: 'newest-first' }, [6, 5]],
  ['a seq and a limit', { fromSeq: 2, limit: 1 }, [2]],
  ['a seq behind the end', { fromSeq: 7 }, []],
  ['a seq and a change', { fromSeq: 2, changeId: 'b' }, [3, 5]],
  [
    'since and until',
    { since: new Date('2026-01-01T00:00:00.000Z'), until: new Date('2026-01-01T00:00:03.000Z') },
    [1, 2, 3, 4],
  ],
  ['all conditions', { changeId: 'b', state: 'APPLIED', targetSystem: 'files' }, [5]],
  ['conditions that exclude each other', { changeId: 'a', targetSystem: 'files' }, []],
  ['oldest first', { direction: 'oldest-first', limit: 2 }, [1, 2]],
  ['newest first, by seq and not by time', { direction: 'newest-first' }, [6, 5, 4, 3, 2, 1]],
  ['newest first with a limit', { direction: 'newest-first', limit: 2 }, [6, 5]],
  ['a limit among those that match', { state: 'APPLIED', limit: 2, direction: 'newest-first' }, [6, 5]],
  ['a limit above what there is', { changeId: 'a', limit: 100 }, [1, 2]],
];

const CASES: Cases<AuditStoreWorkbench> = {
  ...Object.fromEntries(
    QUERIES.map(([name, query, seqs]) => [
      `finds by ${name}`,
      (bench: AuditStoreWorkbench) => bench.useOne((store) => finds(store, query, seqs)),
    ]),
  ),

  'gives back a long chain whole, in both directions, and can be left early': (bench) =>
    bench.useOne(async (store) => {
      const entries = await longChain(store);
      assertEntries(await historyOf(store), entries);
      assertEntries(await historyOf(store, { direction: 'newest-first' }), entries.toReversed());
      assertEntries(await historyOf(store, { limit: 777 }), entries.slice(0, 777));
      for await (const entry of store.history()) if (entry.seq === 3) break;
      assert.equal((await store.snapshot()).head.seq, entries.length);
    }),

  'can be read while entries are appended': (bench) =>
    bench.useOne(async (store) => {
      const fence = await acquired(store);
      const entries = await append(store, fence, SAMPLE);
      const seen: AuditEntry[] = [];
      for await (const entry of store.history()) {
        if (seen.push(entry) === 1) await append(store, fence, [draft({ changeId: 'late' })]);
      }
      assertEntries(seen.slice(0, entries.length), entries);
    }),

  'of one namespace has nothing of another': (bench) =>
    bench.useNamespaces(['shop', 'Shop'], async ([one, other]) => {
      assert.ok(one && other);
      const entries = await append(one, await acquired(one), [draft()]);
      assertEntries(await historyOf(other), []);
      assertEntries(await historyOf(one), entries);
    }),
};

/** What a store promises about reading its chain. */
export function historyContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  registerCases(runner, 'history', bench, CASES);
}

async function finds(
  store: AuditStore,
  query: HistoryQuery | undefined,
  seqs: readonly number[],
): Promise<void> {
  const entries = await append(store, await acquired(store), SAMPLE);
  assertEntries(
    await historyOf(store, query),
    seqs.map((seq) => entries[seq - 1]!),
  );
}

/** A store need not accept more than 25 in one call. */
async function longChain(store: AuditStore): Promise<AuditEntry[]> {
  const fence = await acquired(store);
  const entries: AuditEntry[] = [];
  for (let batch = 0; batch < 48; batch++)
    entries.push(
      ...(await append(
        store,
        fence,
        Array.from({ length: 25 }, (_, index) => draft({ changeId: `c-${batch % 4}-${index}` })),
      )),
    );
  return entries;
}
