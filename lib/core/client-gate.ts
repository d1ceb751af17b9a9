import { AttemptEndedError } from './errors.js';
import type { AttemptScope } from './target-system.js';

/** Where every call of a guarded client passes before it reaches its system. */
export interface ClientGate {
  /**
   * @param call - what is about to be done, for people: `write 'config.json'`
   * @throws AttemptEndedError once the gate is closed, and what `scope.guard` throws
   */
  pass(call: string): void;
  /** Every call from here on is refused. */
  close(): void;
}

/** The gate of one attempt's clients on the target system `targetId`. */
export function clientGate(scope: AttemptScope, targetId: string): ClientGate {
  let closed = false;
  return {
    pass(call) {
      if (closed) throw attemptEnded(scope, targetId, call);
      scope.guard();
    },
    close() {
      closed = true;
    },
  };
}

function attemptEnded(
  { changeId, attempt }: AttemptScope,
  targetId: string,
  call: string,
): AttemptEndedError {
  return new AttemptEndedError(
    `Change '${changeId}' (attempt ${attempt}) has ended; a late call on target system '${targetId}' was refused: ${call}`,
    { fix: ['await every call in the change before its method returns', "heed the context's signal"] },
  );
}
