import { type ClientGate, clientGate } from './client-gate.js';
import type { AttemptScope } from './target-system.js';

/**
 * Gives `work` the gate of an attempt. However it ends, further calls are refused and those under way are awaited, so that a
 * forgotten `await` ends in its attempt.
 */
export async function withGate<T>(
  scope: AttemptScope,
  targetId: string,
  work: (gate: ClientGate) => Promise<T>,
): Promise<T> {
  const gate = clientGate(scope, targetId);
  try {
    return await work(gate);
  } finally {
    gate.close();
    await gate.settled();
  }
}
