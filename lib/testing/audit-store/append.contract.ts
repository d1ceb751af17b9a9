import assert from 'node:assert/strict';
import { AppendRefusedError } from '../../core/errors.js';
import { appendToChain, hashOf } from '../../core/hash-chain.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { atOnce } from '../waiting.js';
import { acquired, append, historyOf, type AuditStoreWorkbench } from './audit-store.workbench.js';
import { draft, HARD_DRAFTS } from './entry-samples.js';

/** What a store promises about the entries it takes. */
export function appendContract({ describe, it }: ContractRunner, bench: AuditStoreWorkbench): void {
  describe('append', () => {
    for (const [name, hard] of Object.entries(HARD_DRAFTS))
      it(
        `gives an entry back exactly as it was written: ${name}`,
        () =>
          bench.useOne(async (store) => {
            const entries = await append(store, await acquired(store), [hard]);
            const read = await historyOf(store);
            assert.deepEqual(read, entries);
            assert.deepEqual((await store.snapshot()).latest, entries);
            assert.deepEqual(
              read.map(hashOf),
              entries.map(({ hash }) => hash),
            );
          }),
        CONTRACT_TIMEOUT_MS,
      );

    it(
      'moves the head by all entries of one call, and another instance sees them',
      () =>
        bench.use(2, async ([writer, reader]) => {
          assert.ok(writer && reader);
          const fence = await acquired(writer.store);
          const first = await append(writer.store, fence, [
            draft(),
            draft({ state: 'APPLIED' }),
            draft({ changeId: 'b' }),
          ]);
          const second = await append(writer.store, fence, [draft({ changeId: 'b', state: 'APPLIED' })]);
          assert.deepEqual(await historyOf(reader.store), [...first, ...second]);
          assert.deepEqual((await reader.store.snapshot()).head, { seq: 4, hash: second[0]?.hash });
        }),
      CONTRACT_TIMEOUT_MS,
    );

    for (const [name, seqs] of Object.entries({
      'a seq that is taken': [2],
      'a seq that is taken, behind one that is not': [3, 2],
      'a gap behind the head': [4],
      'a gap within one call': [3, 5],
      'the same seq twice in one call': [3, 3],
      'the first seq again': [1],
    }))
      it(
        `refuses ${name}, writes none of the call and says that it is an answer`,
        () =>
          bench.useOne(async (store) => {
            const fence = await acquired(store);
            const before = await append(store, fence, [draft(), draft({ state: 'APPLIED' })]);
            const faulty = seqs.map((seq) => ({
              ...appendToChain({ seq: seq - 1, hash: 'f'.repeat(64) }, [draft()])[0]!,
              seq,
            }));
            await assert.rejects(store.append(faulty, fence), AppendRefusedError);
            assert.deepEqual(await historyOf(store), before);
            await append(store, fence, [draft({ changeId: 'goes on' })]);
          }),
        CONTRACT_TIMEOUT_MS,
      );

    it(
      'lets one of 8 writers with the same fence and seq through',
      () =>
        bench.use(8, async (connected) => {
          const fence = await acquired(connected[0]!.store);
          const entries = connected.map((_, index) =>
            appendToChain({ seq: 0, hash: '0'.repeat(64) }, [draft({ changeId: `c${index}` })]),
          );
          const results = await atOnce(8, (index) =>
            connected[index]!.store.append(entries[index]!, fence).then(
              () => 'written',
              (error: unknown) => error,
            ),
          );
          assert.equal(results.filter((result) => result === 'written').length, 1);
          for (const result of results)
            if (result !== 'written') assert.ok(result instanceof AppendRefusedError, String(result));
          assert.deepEqual(await historyOf(connected[1]!.store), entries[results.indexOf('written')]);
        }),
      CONTRACT_TIMEOUT_MS,
    );
  });
}
