import { afterAll, expect, it } from '@jest/globals';
import { MUTATIONS } from './mutations.js';
import { TallyWorker } from './tally-worker.js';

/** As many as the tests run of the engine as it is shipped. */
const SEEDS = 20_000;
const worker = new TallyWorker();
afterAll(() => worker.close());

it.each(MUTATIONS)(
  'notices when $name',
  async ({ name, breaks, from = 1 }) => {
    const { failure } = await worker.tally({ from, count: SEEDS, mistake: name });
    expect(breaks).toContain(failure?.invariant);
  },
  900_000,
);
