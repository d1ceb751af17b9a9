import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendToChain, EMPTY_CHAIN, hashOf } from '../../core/kit/hash-chain.js';
import { AppendRefusedError } from '../../core/model/errors.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { atOnce } from '../waiting.js';
import { acquired, append, type AuditStoreWorkbench, historyOf } from './audit-store.workbench.js';
import { assertEntries } from './entry-assertions.js';
import { draft, HARD_DRAFTS } from './entry-samples.js';

/** Seqs that an append must refuse when the chain ends at 2. */
const FAULTY_SEQS: Readonly<Record<string, readonly number[]>> = {
  'a seq that is taken': [2],
  'a seq that is taken, behind one that is not': [3, 2],
  'a gap behind the head': [4],
  'a gap within one call': [3, 5],
  'the same seq twice in one call': [3, 3],
  'the first seq again': [1],
};

const CASES: Cases<AuditStoreWorkbench> = {
  'moves the head by all entries of one call, and another instance sees them': (bench) =>
    bench.useTwo(async (writer, reader) => {
      const fence = await acquired(writer);
      const one = await append(writer, fence, [
        draft(),
        draft({ state: 'APPLIED' }),
        draft({ changeId: 'b' }),
      ]);
      const two = await append(writer, fence, [draft({ changeId: 'b', state: 'APPLIED' })]);
      assertEntries(await historyOf(reader), [...one, ...two]);
      assert.deepEqual((await reader.snapshot()).head, { seq: 4, hash: two[0]?.hash });
    }),

  'lets one of 8 writers with the same fence and seq through, and answers the others': (bench) =>
    bench.use(8, async (connected) => {
      const stores = connected.map(({ store }) => store);
      const fence = await acquired(stores[0]!);
      const entries = stores.map((_, index) =>
        appendToChain(EMPTY_CHAIN, [draft({ changeId: `c${index}` })]),
      );
      const answers = await atOnce(8, (index) =>
        stores[index]!.append(entries[index]!, fence).catch((error: unknown) => error),
      );
      const written = entries.filter((_, index) => answers[index] === undefined);
      assert.equal(written.length, 1);
      for (const answer of answers)
        assert.ok(answer === undefined || answer instanceof AppendRefusedError, String(answer));
      assertEntries(await historyOf(stores[1]!), written[0]!);
    }),
  'writes an entry of 24 MB or says no to it: what cannot be sent is no lost answer': (bench) =>
    bench.useOne(async (store) => {
      const fence = await acquired(store);
      const { head } = await store.snapshot();
      const large = draft({ state: 'FAILED', error: randomBytes(18 * 1024 * 1024).toString('base64') });
      const answer: unknown = await store
        .append(appendToChain(head, [large]), fence)
        .catch((error: unknown) => error);
      assert.ok(answer === undefined || answer instanceof AppendRefusedError, String(answer));
      const after = (await store.snapshot()).head;
      assert.equal(after.seq, answer === undefined ? 1 : 0);
      await store.append(appendToChain(after, [draft()]), fence);
    }),
  ...casesOf(HARD_DRAFTS, (name) => `gives an entry back exactly as it was written: ${name}`, givesBack),
  ...casesOf(
    FAULTY_SEQS,
    (name) => `refuses ${name}, writes none of the call and says that it is an answer`,
    refuses,
  ),
};

/** What a store promises about the entries it takes. */
export function appendContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  registerCases(runner, 'append', bench, CASES);
}

function casesOf<T>(
  samples: Readonly<Record<string, T>>,
  nameOf: (name: string) => string,
  test: (bench: AuditStoreWorkbench, sample: T) => Promise<void>,
): Cases<AuditStoreWorkbench> {
  return Object.fromEntries(
    Object.entries(samples).map(([name, sample]) => [
      nameOf(name),
      (bench: AuditStoreWorkbench) => test(bench, sample),
    ]),
  );
}

function givesBack(bench: AuditStoreWorkbench, sample: ReturnType<typeof draft>): Promise<void> {
  return bench.useOne(async (store) => {
    const entries = await append(store, await acquired(store), [sample]);
    const read = await historyOf(store);
    assertEntries(read, entries);
    assertEntries((await store.snapshot()).latest, entries);
    assert.equal(read[0] && hashOf(read[0]), entries[0]?.hash);
  });
}

function refuses(bench: AuditStoreWorkbench, seqs: readonly number[]): Promise<void> {
  return bench.useOne(async (store) => {
    const fence = await acquired(store);
    const before = await append(store, fence, [draft(), draft({ state: 'APPLIED' })]);
    const faulty = seqs.flatMap((seq) => appendToChain({ seq: seq - 1, hash: 'f'.repeat(64) }, [draft()]));
    await assert.rejects(store.append(faulty, fence), AppendRefusedError);
    assertEntries(await historyOf(store), before);
    await append(store, fence, [draft({ changeId: 'goes on' })]);
  });
}
