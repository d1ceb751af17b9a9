import type { ChainIdentity } from '../../core/model/audit-store.js';
import { TargetSystemError } from '../../core/model/errors.js';
import { AuditLog } from './audit-log.js';
import { MarkerBook } from './marker-book.js';

/** Locks on the rows that transactions and the lease write. First come, first served. */
class RowLocks {
  readonly #held = new Map<string, { readonly owner: string; readonly released: Promise<void> }>();

  readonly #waitMs: number;

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /**
   * Waits until nobody holds the row, then holds it.
   *
   * @returns a function that releases the row
   * @throws TargetSystemError that names the owner, when it holds the row for too long
   */
  async take(row: string, owner: string): Promise<() => void> {
    const until = performance.now() + this.#waitMs;
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
      `The ${row} in the memory database is still held by ${owner} after ${this.#waitMs} ms.`,
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

/** How a memory database behaves. */
export interface MemoryDatabaseOptions {
  /** The clock that ends leases: milliseconds since 1970 UTC. @default Date.now */
  readonly now?: () => number;
  /** How long a call waits for a row that an open transaction holds, in milliseconds. @default 5000 */
  readonly lockWaitMs?: number;
}

/**
 * A database in this process' memory: tables, audit logs and the bookkeeping of transactions.
 *
 * Stores and target systems with the same database behave like connections to one server.
 */
export class MemoryDatabase {
  readonly #tables = new Map<string, Map<string, unknown>>();
  readonly #logs = new Map<string, AuditLog>();
  readonly #books = new Map<string, { readonly chain: ChainIdentity; readonly book: MarkerBook }>();
  readonly #now: () => number;
  /** @internal */
  readonly locks: RowLocks;

  constructor({ now = Date.now, lockWaitMs = 5_000 }: MemoryDatabaseOptions = {}) {
    this.#now = now;
    this.locks = new RowLocks(lockWaitMs);
  }

  /** @internal The committed rows of a table, which is made when it is missing. */
  rows(table: string): Map<string, unknown> {
    return find(this.#tables, table, () => new Map<string, unknown>());
  }

  /** @internal The audit log of a namespace, if it was opened. */
  log(namespace: string): AuditLog | undefined {
    return this.#logs.get(namespace);
  }

  /** @internal */
  openLog(namespace: string): void {
    find(this.#logs, namespace, () => new AuditLog(this.#now));
  }

  /** @internal The markers of a chain; made when they are missing. */
  book(chain: ChainIdentity): MarkerBook {
    return find(this.#books, bookKey(chain), () => ({ chain, book: new MarkerBook() })).book;
  }

  /** @internal The markers of every chain. */
  books(): Iterable<{ readonly chain: ChainIdentity; readonly book: MarkerBook }> {
    return this.#books.values();
  }

  /** @internal */
  closeBook(chain: ChainIdentity): void {
    this.#books.delete(bookKey(chain));
  }
}

function bookKey({ storeId, namespace }: ChainIdentity): string {
  return JSON.stringify([storeId, namespace]);
}

function find<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
