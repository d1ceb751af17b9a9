import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy } from './aws-errors.js';

const MOST_TRIES = 10;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/**
 * Does `work` again while DynamoDB answers that others are at the same items: it locks nothing, so that who comes
 * second must ask again. About 3 s at most.
 *
 * @throws what the last try ended with
 */
export async function retryWhileBusy<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || tries === MOST_TRIES) throw error;
    }
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS);
    await sleep(pause * (0.5 + Math.random() / 2));
  }
}
