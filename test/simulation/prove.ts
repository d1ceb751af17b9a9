import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REQUIRED_SIGHTINGS } from './required-coverage.js';
import { TallyWorker } from './tally-worker.js';
import { describeFailure, type Tally } from './tally.js';

const ROOT = join(import.meta.dirname, '..', '..');

/** As many schedules as one test file of the campaign runs. */
export const PROOF_SEEDS = 10_000;

/** Runs 10,000 schedules. @throws with the whole schedule of the first that fails, or when they were not eventful enough */
export async function prove(from: number): Promise<void> {
  const coverage = await runSchedules(from, PROOF_SEEDS);
  const missing = Object.entries(REQUIRED_SIGHTINGS).filter(
    ([name, least]) => (coverage.get(name) ?? 0) < least,
  );
  if (missing.length)
    throw new Error(
      `These situations came about too rarely in ${PROOF_SEEDS} schedules:\n${missing
        .map(([name, least]) => `  ${name}: ${coverage.get(name) ?? 0}, not ${least}`)
        .join('\n')}`,
    );
}

/** @returns how often each situation came about. @throws with the whole schedule of the first that fails */
export async function runSchedules(from: number, count: number): Promise<Tally['coverage']> {
  const worker = new TallyWorker();
  try {
    const { failure, coverage } = await worker.tally({ from, count });
    if (failure) throw new Error(describeFailure(failure));
    return coverage;
  } finally {
    await worker.close();
  }
}

/** A seed that is the same for all runs on one commit, and another for the next: so each commit tries schedules of its own. */
export function commitSeed(): number {
  return Number.parseInt(createHash('sha256').update(commit()).digest('hex').slice(0, 7), 16);
}

/** The version of the package, where there is no repository. */
function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return readFileSync(join(ROOT, 'package.json'), 'utf8');
  }
}
