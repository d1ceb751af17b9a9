import { type ClientGate, clientGate } from './client-gate.js';
import { AttemptEndedError } from './errors.js';
import type { AttemptScope } from './target-system.js';

/** The calls of one attempt on a system whose calls can be cancelled. */
export interface CancellableCalls {
  /** Where each of them passes. */
  readonly gate: ClientGate;
  /** Fires when the attempt has ended, with an AttemptEndedError. A stop does not fire it: a change that does not heed it is awaited. */
  readonly signal: AbortSignal;
  /**
   * Does the work of the attempt. When it has returned, further calls are refused and those under way are awaited, so that a
   * forgotten `await` ends in its attempt; when it fails, they are cancelled.
   */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** Opens the gate of an attempt on the target system `targetId`. @param noun - what its calls are for people */
export function cancellableCalls(
  scope: AttemptScope,
  targetId: string,
  noun: 'call' | 'request',
): CancellableCalls {
  const gate = clientGate(scope, targetId);
  const ended = new AbortController();
  return {
    gate,
    signal: ended.signal,
    async during(work) {
      try {
        const result = await work();
        gate.close();
        await gate.settled();
        return result;
      } finally {
        gate.close();
        ended.abort(cancelled(scope, noun));
        await gate.settled();
      }
    },
  };
}

function cancelled({ changeId, attempt }: AttemptScope, noun: string): AttemptEndedError {
  return new AttemptEndedError(
    `Change '${changeId}' (attempt ${attempt}) has ended; its ${noun} was cancelled.`,
  );
}
