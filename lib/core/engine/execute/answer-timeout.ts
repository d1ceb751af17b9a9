import type { Clock } from '../../model/clock.js';
import { TargetSystemError } from '../../model/errors.js';

/**
 * How long a target system may take for its own part of an attempt: to connect, to begin, to keep its books, to commit,
 * to roll back. What the change itself takes does not count.
 */
export class AnswerTimeout {
  readonly #over = new AbortController();
  #waiting: AbortController | undefined;

  readonly #clock: Clock;
  readonly #ms: number;
  readonly #targetSystem: string;

  /** @param ms - without an answer, after which nobody waits any more */
  constructor(clock: Clock, ms: number, targetSystem: string) {
    this.#clock = clock;
    this.#ms = ms;
    this.#targetSystem = targetSystem;
    this.#wait();
  }

  /** Fires, with a TargetSystemError, when it is over. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** The change's own part. @throws when it is over, and what `work` throws */
  async suspended<T>(work: () => Promise<T>): Promise<T> {
    this.over.throwIfAborted();
    this.end();
    try {
      return await work();
    } finally {
      this.#wait();
    }
  }

  /** Stops the timer. */
  end(): void {
    this.#waiting?.abort();
  }

  #wait(): void {
    const waiting = (this.#waiting = new AbortController());
    void this.#clock.sleep(this.#ms, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.#over.abort(noAnswer(this.#targetSystem, this.#ms));
    });
  }
}

function noAnswer(targetSystem: string, ms: number): TargetSystemError {
  return new TargetSystemError(
    `The target system '${targetSystem}' did not answer within ${ms} ms, the length of a lease; its connection was given up.`,
    {
      fix: [
        'see whether it can be reached: a server or a firewall may have dropped the connection without a word',
        'then start again; or a longer lock.lease, if it is only slow',
      ],
    },
  );
}
