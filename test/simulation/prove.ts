import { REQUIRED_SIGHTINGS } from './required-sightings.js';
import { describeFailure, type Tally } from './tally.js';
import { TallyWorker, type TallyRequest } from './tally-worker.js';

/** As many schedules as one test file runs. */
export const PROOF_SEEDS = 10_000;

/** Runs 10,000 schedules. @throws with the whole schedule of the first that fails, or when they were not eventful enough */
export async function prove(from: number): Promise<void> {
  const { failure, sightings } = await tallyInThread({ from, count: PROOF_SEEDS });
  if (failure) throw new Error(describeFailure(failure));
  const missing = Object.entries(REQUIRED_SIGHTINGS).filter(
    ([name, least]) => (sightings.get(name) ?? 0) < least,
  );
  if (missing.length)
    throw new Error(
      `These situations came about too rarely in ${PROOF_SEEDS} schedules:\n${missing
        .map(([name, least]) => `  ${name}: ${sightings.get(name) ?? 0}, not ${least}`)
        .join('\n')}`,
    );
}

async function tallyInThread(request: TallyRequest): Promise<Tally> {
  const worker = new TallyWorker();
  try {
    return await worker.tally(request);
  } finally {
    await worker.close();
  }
}
