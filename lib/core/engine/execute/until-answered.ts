import { deadlineIn, inTime, remaining } from '../../kit/time-limits.js';
import type { Execution } from './execution.js';

const RETRY_MS = 200;

/**
 * Asks a target system again and again until it answers, for as long as a lease lasts: a server that is restarted
 * is back by then.
 *
 * @throws LockLostError, or what the last question ended with
 */
export async function untilAnswered<T>(
  { lease, settings: { clock } }: Pick<Execution, 'lease' | 'settings'>,
  ask: () => Promise<T>,
): Promise<T> {
  const deadline = deadlineIn(clock, lease.fence.leaseMs);
  for (;;) {
    lease.guard();
    try {
      return await inTime(clock, remaining(clock, deadline), ask(), [lease.signal]);
    } catch (error) {
      lease.guard();
      if (remaining(clock, deadline) <= 0) throw error;
    }
    await clock.sleep(RETRY_MS, lease.signal);
  }
}
