import { expect, it } from '@jest/globals';
import { MUTATIONS } from './mutations.js';
import { tallyInWorker } from './tally-in-worker.js';

/** As many as the tests run of the engine as it is shipped. */
const SEEDS = 20_000;

it.each(MUTATIONS)(
  'notices when $name',
  async ({ name, breaks }) => {
    const { failure } = await tallyInWorker({ from: 1, count: SEEDS, mistake: name });
    expect(breaks).toContain(failure?.invariant);
  },
  300_000,
);
