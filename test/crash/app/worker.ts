import { loadDrivers } from './database.js';
import type { DatabaseSpec, Job, ToChild } from './messages.js';
import { perform } from './perform.js';
import { Steps } from './steps.js';
import { tell } from './tell.js';

/** A process that runs an app: one job at a time, announcing each step, until it is killed or its parent is gone. */
let steps = new Steps();

async function work(job: Job): Promise<void> {
  steps = new Steps(job);
  try {
    tell({ type: 'result', result: await perform(job, steps) });
  } catch (error) {
    tell({ type: 'broken', error: error instanceof Error ? String(error.stack) : String(error) });
  }
}

process.on('message', (message: ToChild) => {
  if (message.type === 'job') void work(message.job);
  if (message.type === 'go') steps.go();
});
process.on('disconnect', () => process.exit());
// Before it says that it is up, so that afterwards it answers in a moment.
await Promise.all(process.argv.slice(2).map((spec) => loadDrivers(JSON.parse(spec) as DatabaseSpec)));
tell({ type: 'ready' });
