import { TargetSystemError } from '../../core/errors.js';

/** Locks on the rows that transactions and the lease contend for. First come, first served. */
export class RowLocks {
  readonly #held = new Map<string, { readonly owner: string; readonly released: Promise<void> }>();

  constructor(private readonly waitMs: number) {}

  /**
   * Waits until nobody holds the row, then holds it.
   *
   * @returns releases the row
   * @throws TargetSystemError naming the owner that is in the way for too long
   */
  async take(row: string, owner: string): Promise<() => void> {
    const until = performance.now() + this.waitMs;
    for (let holder = this.#held.get(row); holder; holder = this.#held.get(row)) {
      const left = until - performance.now();
      if (left <= 0 || !(await within(left, holder.released))) throw this.#inTheWay(row, holder.owner);
    }
    return this.#hold(row, owner);
  }

  #hold(row: string, owner: string): () => void {
    const { promise: released, resolve } = newPromise();
    this.#held.set(row, { owner, released });
    return () => {
      this.#held.delete(row);
      resolve();
    };
  }

  #inTheWay(row: string, owner: string): TargetSystemError {
    return new TargetSystemError(
      `The ${row} in the memory database is still held by ${owner} after ${this.waitMs} ms.`,
      {
        fix: [`end what ${owner} is doing, then start again`],
      },
    );
  }
}

function newPromise(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

async function within(ms: number, awaited: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, ms, false)));
  return Promise.race([awaited.then(() => true), late]).finally(() => clearTimeout(timer));
}
