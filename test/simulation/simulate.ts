import { parseArgs } from 'node:util';
import { describeFailure, tally } from './tally.js';

// npm run simulate -- --seeds 100000 --from 20001 [--sightings]
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20000' },
    from: { type: 'string', default: '1' },
    coverage: { type: 'boolean', default: false },
  },
});
const begun = performance.now();
const { failure, seeds, steps, coverage } = await tally(Number(values.from), Number(values.seeds));
const seconds = (performance.now() - begun) / 1_000;
if (values.coverage)
  for (const [name, times] of [...coverage].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`${String(times).padStart(9)} ${name}`);
if (failure) console.error(describeFailure(failure));
console.log(
  `${seeds} schedules, ${steps} steps, ${(seeds / seconds).toFixed(0)} schedules a second: ${failure ? 'FAILED' : 'what must always hold held'}`,
);
process.exitCode = failure ? 1 : 0;
