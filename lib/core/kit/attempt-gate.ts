import { setImmediate as nextTurn } from 'node:timers/promises';
import { AttemptEndedError } from '../model/errors.js';
import type { AttemptScope } from '../model/target-system.js';
import { raceWithSignals } from './time-limits.js';

/** How long a change's forgotten calls may go on after its method has returned, in milliseconds. */
const FORGOTTEN_MS = 5_000;

/** Calls that have begun and were not answered yet. */
export class CallsInFlight {
  readonly #pending = new Set<Promise<unknown>>();
  #isDraining = false;
  #failure: { readonly error: unknown } | undefined;

  /** How many there are. */
  get size(): number {
    return this.#pending.size;
  }

  /** Counts `call` until it settles. @returns the same promise; its rejection stays the caller's */
  follow<T>(call: Promise<T>): Promise<T> {
    this.#pending.add(call);
    const done = (): void => void this.#pending.delete(call);
    call.then(done, (error: unknown) => {
      done();
      if (this.#isDraining) this.#failure ??= { error };
    });
    return call;
  }

  /** Resolves when every call that is in flight now has settled. Never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  /**
   * Waits, at most `ms` milliseconds, until nothing is in flight: for calls whose await was forgotten, and for those that they
   * lead to. Never rejects.
   *
   * @returns the first failure since it began to wait: nobody else may hear of it
   */
  async drain(ms = FORGOTTEN_MS): Promise<{ readonly error: unknown } | undefined> {
    const timeUp = AbortSignal.timeout(ms);
    this.#isDraining = true;
    // A method of a client may await several times before it comes to its first call.
    await nextTurn();
    while (this.size > 0 && !timeUp.aborted) {
      await raceWithSignals(this.settled(), [timeUp]).catch(() => undefined);
      await nextTurn();
    }
    return this.#failure;
  }
}

/** Every call of an attempt's clients passes here before it reaches the system. */
export interface ClientGate {
  /** What has passed and was not answered yet. */
  readonly inFlight: CallsInFlight;
  /** Fires when `during` has ended, with an AttemptEndedError. A stop does not fire it: a change that does not heed it is awaited. */
  readonly signal: AbortSignal;
  /** True once every call is refused. */
  readonly isClosed: boolean;
  /**
   * @param call - what is about to be done, for people: `write 'config.json'`
   * @throws AttemptEndedError once the gate is closed, and what `scope.guard` throws
   */
  pass(call: string): void;
  /** Passes, then does `work`; `settled` waits for it. @throws what `pass` and `work` throw */
  perform<T>(call: string, work: () => Promise<T>): Promise<T>;
  /**
   * Does the work of the attempt. When it has returned, further calls are refused and those in flight are awaited, so that a
   * forgotten `await` ends within its attempt; when it fails, `signal` fires first, to cancel them.
   */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Refuses every call from here on. */
  close(): void;
  /** Resolves when every call that is in flight has settled. Never rejects. */
  settled(): Promise<void>;
}

/** The gate of one attempt's clients on the target system `targetId`. @param noun - what its calls are for people */
export function clientGate(
  scope: AttemptScope,
  targetId: string,
  noun: 'call' | 'request' = 'call',
): ClientGate {
  const inFlight = new CallsInFlight();
  const ended = new AbortController();
  let isClosed = false;
  const pass = (call: string): void => {
    if (isClosed) throw attemptEnded(scope, targetId, call);
    scope.guard();
  };
  const close = (): void => void (isClosed = true);
  const settled = (): Promise<void> => inFlight.settled();
  return {
    inFlight,
    signal: ended.signal,
    get isClosed() {
      return isClosed;
    },
    pass,
    async perform(call, work) {
      pass(call);
      return inFlight.follow(work());
    },
    async during(work) {
      try {
        const result = await work();
        close();
        await settled();
        return result;
      } finally {
        close();
        ended.abort(cancelled(scope, noun));
        await settled();
      }
    },
    close,
    settled,
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

function cancelled({ changeId, attempt }: AttemptScope, noun: string): AttemptEndedError {
  return new AttemptEndedError(
    `Change '${changeId}' (attempt ${attempt}) has ended; its ${noun} was cancelled.`,
  );
}

/** Gives `work` the gate of an attempt, and ends as `ClientGate.during` does. */
export function withGate<T>(
  scope: AttemptScope,
  targetId: string,
  work: (gate: ClientGate) => Promise<T>,
): Promise<T> {
  const gate = clientGate(scope, targetId);
  return gate.during(() => work(gate));
}
