import { parentPort } from 'node:worker_threads';
import { withMutant } from './mutant.js';
import { MUTATIONS } from './mutations.js';
import { tally, type Tally } from './tally.js';
import type { TallyRequest } from './tally-worker.js';

async function answer({ from, count, mistake }: TallyRequest): Promise<Tally> {
  const mutation = MUTATIONS.find(({ name }) => name === mistake);
  if (!mutation) return tally(from, count);
  return withMutant(mutation, (engine) =>
    tally(from, count, { engine, checksFence: !mutation.fenceless, shows: mutation.shows }),
  );
}

// Whatever is thrown ends the thread, and its parent hears of it.
parentPort?.on('message', (request: TallyRequest) => {
  void answer(request).then((result) => parentPort?.postMessage(result));
});
