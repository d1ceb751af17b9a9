import { parentPort, workerData } from 'node:worker_threads';
import { withMutant } from './mutant.js';
import { tally } from './tally.js';
import type { TallyRequest } from './tally-in-worker.js';

const { from, count, mutation }: TallyRequest = workerData;
const result = mutation
  ? await withMutant(mutation, (engine) => tally(from, count, { engine, checksFence: !mutation.fenceless }))
  : await tally(from, count);
parentPort?.postMessage(result);
