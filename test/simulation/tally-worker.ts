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

/** Runs schedules in a thread of its own: outside of jest's modules they go twice as fast. One request at a time. */
export class TallyWorker {
  private readonly worker = new Worker(join(import.meta.dirname, 'tally.worker.ts'), {
    execArgv: ['--import', '@swc-node/register/esm-register'],
  });

  async tally(request: TallyRequest): Promise<Tally> {
    this.worker.postMessage(request);
    const [result]: Tally[] = await once(this.worker, 'message');
    if (!result) throw new Error('the worker has told nothing');
    return result;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
