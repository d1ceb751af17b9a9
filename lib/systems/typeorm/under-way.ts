import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a change whose awaits were forgotten may go on issuing statements after it returned, in milliseconds. */
const DRAIN_MS = 5_000;

/** The statements of an attempt that have been called and not answered. */
export class StatementsUnderWay {
  readonly #pending = new Set<Promise<unknown>>();
  #draining = false;
  #failure: { readonly error: unknown } | undefined;

  get size(): number {
    return this.#pending.size;
  }

  follow<T>(statement: Promise<T>): Promise<T> {
    this.#pending.add(statement);
    statement.then(
      () => this.#pending.delete(statement),
      (error: unknown) => {
        this.#pending.delete(statement);
        if (this.#draining) this.#failure ??= { error };
      },
    );
    return statement;
  }

  /**
   * Waits for statements whose await was forgotten, and for those that follow from them, so that they are in the transaction.
   *
   * @throws the error of the first of them that fails: nobody else would hear of it
   */
  async drain(): Promise<void> {
    const start = performance.now();
    this.#draining = true;
    // TypeORM's methods await before they come to their first statement.
    await nextTurn();
    while (this.#pending.size && performance.now() - start < DRAIN_MS) {
      await Promise.race([Promise.allSettled(this.#pending), expired()]);
      await nextTurn();
    }
    if (this.#failure) throw this.#failure.error;
  }
}

function expired(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref());
}
