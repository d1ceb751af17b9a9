import { expect } from '@jest/globals';
import type { JobResult } from '../app/messages.js';

/** It never notices by itself that its lease is over: what stops it is the answer of a server. */
export const TIMELESS = { timeless: true } as const;

/** The rows of a change whose first attempt never came to an end, and whose second did. */
export const TAKEN_OVER = ['STARTED', 'STARTED', 'APPLIED'];

/** The process has stopped because the lock was lost, and says how. */
export function expectLost({ status, error }: JobResult, why: string): void {
  expect({ status, name: error?.name }).toEqual({ status: 'failed', name: 'LockLostError' });
  expect(error?.message).toContain(why);
}
