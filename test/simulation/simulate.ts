import { runSchedule } from './schedule.js';

// npm run simulate -- --seeds 100000 --from 1
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const from = option('from', 1);
const seeds = option('seeds', 20_000);
const begun = performance.now();
const sightings = new Map<string, number>();
let steps = 0;
let failures = 0;
for (let seed = from; seed < from + seeds; seed++) {
  const result = await runSchedule(seed);
  steps += result.steps;
  for (const [name, count] of result.sightings) sightings.set(name, (sightings.get(name) ?? 0) + count);
  if (!result.violation) continue;
  failures++;
  console.log(seed, result.violation.message.slice(0, 300));
  if (failures > 20) break;
}
const seconds = (performance.now() - begun) / 1_000;
console.log(`${seeds} seeds, ${steps} steps, ${(seeds / seconds).toFixed(0)} seeds/s`);
if (process.argv.includes('--sightings'))
  for (const [name, count] of [...sightings].sort()) console.log(count, name);
if (process.argv.includes('--trace'))
  console.log((await runSchedule(from, { traced: true })).trace.join('\n'));
