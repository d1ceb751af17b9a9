import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Tally } from './tally.js';

/** Which schedules to run, and with which mistake. */
export interface TallyRequest {
  readonly from: number;
  readonly count: number;
  /** Name of one of the mutations. */
  readonly mistake?: string;
}

/** Runs schedules in a thread of their own: outside of jest's modules they go twice as fast. */
export async function tallyInWorker(request: TallyRequest): Promise<Tally> {
  const worker = new Worker(join(import.meta.dirname, 'tally.worker.ts'), {
    workerData: request,
    execArgv: ['--import', '@swc-node/register/esm-register'],
  });
  const [result]: Tally[] = await once(worker, 'message');
  await worker.terminate();
  if (!result) throw new Error('the worker has told nothing');
  return result;
}
