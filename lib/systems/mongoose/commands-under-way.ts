import { setImmediate as nextTurn } from 'node:timers/promises';

/** What an attempt has called and was not answered yet. */
export class CommandsUnderWay {
  readonly #pending = new Set<Promise<unknown>>();
  #last: Promise<unknown> = Promise.resolve();

  get size(): number {
    return this.#pending.size;
  }

  follow<T>(call: Promise<T>): Promise<T> {
    this.#pending.add(call);
    const done = (): void => void this.#pending.delete(call);
    call.then(done, done);
    return call;
  }

  /** Calls `send` when what was queued before was answered: a transaction takes one command at a time. */
  inTurn<T>(send: () => Promise<T>): Promise<T> {
    const sent = this.#last.then(send);
    this.#last = sent.catch(() => undefined);
    return this.follow(sent);
  }

  /** Waits for calls whose await was forgotten, and for those that follow from them, for up to `ms` milliseconds. */
  async drain(ms: number): Promise<void> {
    const start = performance.now();
    while (this.#pending.size && performance.now() - start < ms) {
      await Promise.race([Promise.allSettled(this.#pending), expired(ms)]);
      await nextTurn();
    }
  }
}

function expired(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}
