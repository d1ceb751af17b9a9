import { AttemptEndedError } from './errors.js';
import type { AttemptScope } from './target-system.js';

/** Where every call of an attempt's clients passes before it reaches the system. */
export interface ClientGate {
  /**
   * @param call - what is about to be done, for people: `write 'config.json'`
   * @throws AttemptEndedError once the gate is closed, and what `scope.guard` throws
   */
  pass(call: string): void;
  /** Passes, then does `work`; `settled` waits for it. */
  perform<T>(call: string, work: () => Promise<T>): Promise<T>;
  /** Every call from here on is refused. */
  close(): void;
  /** Resolves when nothing is under way any more; so that a forgotten `await` ends within its attempt. */
  settled(): Promise<void>;
}

/** The gate of one attempt's clients on the target system `targetId`. */
export function clientGate(scope: AttemptScope, targetId: string): ClientGate {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  const pass = (call: string): void => {
    if (closed) throw attemptEnded(scope, targetId, call);
    scope.guard();
  };
  const follow = <T>(work: Promise<T>): Promise<T> => {
    const done = (): void => void underWay.delete(work);
    underWay.add(work);
    work.then(done, done);
    return work;
  };
  return {
    pass,
    async perform(call, work) {
      pass(call);
      return follow(work());
    },
    close: () => void (closed = true),
    settled: async () => void (await Promise.allSettled(underWay)),
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
