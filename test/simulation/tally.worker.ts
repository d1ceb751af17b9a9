import { parentPort, workerData } from 'node:worker_threads';
import { withMutant } from './mutant.js';
import { MUTATIONS } from './mutations.js';
import { tally } from './tally.js';
import type { TallyRequest } from './tally-in-worker.js';

const { from, count, mistake }: TallyRequest = workerData;
const mutation = MUTATIONS.find(({ name }) => name === mistake);
const result = mutation
  ? await withMutant(mutation, (engine) =>
      tally(from, count, { engine, checksFence: !mutation.fenceless, shows: mutation.shows }),
    )
  : await tally(from, count);
parentPort?.postMessage(result);
