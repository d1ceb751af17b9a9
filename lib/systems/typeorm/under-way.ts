import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a change whose awaits were forgotten may go on issuing statements after it returned, in milliseconds. */
const DRAIN_MS = 5_000;

/** The statements of an attempt that have been called and not answered. */
export class StatementsUnderWay {
  readonly #pending = new Set<Promise<unknown>>();

  get size(): number {
    return this.#pending.size;
  }

  follow<T>(statement: Promise<T>): Promise<T> {
    this.#pending.add(statement);
    const done = (): void => void this.#pending.delete(statement);
    statement.then(done, done);
    return statement;
  }

  /**
   * Waits for statements whose await was forgotten, and for those that follow from them, so that they are in the transaction.
   *
   * @throws the error of the first of them that fails: nobody else would hear of it
   */
  async drain(): Promise<void> {
    const start = performance.now();
    let failure: PromiseRejectedResult | undefined;
    while (this.#pending.size && performance.now() - start < DRAIN_MS) {
      const ends = await Promise.race([Promise.allSettled(this.#pending), expired(DRAIN_MS)]);
      failure ??= ends.find((end) => end.status === 'rejected');
      await nextTurn();
    }
    if (failure) throw failure.reason;
  }
}

function expired(ms: number): Promise<readonly []> {
  return new Promise((resolve) => setTimeout(resolve, ms, []).unref());
}
