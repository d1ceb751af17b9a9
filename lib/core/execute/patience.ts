import type { Clock } from '../clock.js';
import { TargetSystemError } from '../errors.js';

/**
 * How long a target system may take for its own part of an attempt: to connect, to begin, to keep its books, to commit,
 * to roll back. What the change itself takes does not count.
 */
export class Patience {
  readonly #over = new AbortController();
  #waiting: AbortController | undefined;

  /** @param ms - without an answer, after which nobody waits any more */
  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
    private readonly targetSystem: string,
  ) {
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

  /** There is nothing to wait for any more. */
  end(): void {
    this.#waiting?.abort();
  }

  #wait(): void {
    const waiting = (this.#waiting = new AbortController());
    void this.clock.sleep(this.ms, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.#over.abort(noAnswer(this.targetSystem, this.ms));
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
