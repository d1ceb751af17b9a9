import { it } from '@jest/globals';
import { commitSeed, PROOF_SEEDS, runSchedules } from './prove.js';

it('what must always hold holds in 10,000 schedules more of this commit', async () => {
  const from = commitSeed() + PROOF_SEEDS;
  console.log(`To run the same schedules: npm run simulate -- --seeds ${PROOF_SEEDS} --from ${from}`);
  await runSchedules(from, PROOF_SEEDS);
}, 900_000);
