import type { ChainIdentity } from '../../core/audit-store.js';
import { AuditLog } from './audit-log.js';
import { MarkerBook } from './marker-book.js';
import { RowLocks } from './row-locks.js';

/** How a memory database behaves. */
export interface MemoryDatabaseOptions {
  /** Its clock: milliseconds since 1970 UTC. Leases end by it. @default Date.now */
  readonly now?: () => number;
  /** How long one waits for a row that an open transaction holds, in milliseconds. @default 5000 */
  readonly lockWaitMs?: number;
}

/**
 * A database in this process' memory: tables, audit logs and the bookkeeping of transactions.
 *
 * Stores and target systems that are given the same database are to each other what two connections to one server are.
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

  /** @internal The rows of a table, committed ones only; made when it is missing. */
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
