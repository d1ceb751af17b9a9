import { it } from '@jest/globals';
import { commitSeed, runSchedules } from './prove.js';

const SEEDS = 3_000;

it(`what must always hold holds in ${SEEDS} schedules of this commit`, async () => {
  const from = commitSeed();
  console.log(`To run the same schedules: npm run simulate -- --seeds ${SEEDS} --from ${from}`);
  await runSchedules(from, SEEDS);
}, 900_000);
