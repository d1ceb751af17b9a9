import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { compiledFile } from '../support/compiled.mjs';
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
  #worker: Worker | undefined;

  /** A request that throws ends its thread; the next one starts another. */
  async tally(request: TallyRequest): Promise<Tally> {
    const worker = (this.#worker ??= startWorker());
    worker.postMessage(request);
    try {
      const [result]: Tally[] = await once(worker, 'message');
      if (!result) throw new Error('the worker has told nothing');
      return result;
    } catch (error) {
      this.#worker = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}

function startWorker(): Worker {
  return new Worker(compiledFile('test/simulation/tally.worker.ts'), { execArgv: [] });
}
