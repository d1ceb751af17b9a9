import { laterHead } from '../../core/kit/hash-chain.js';
import type { ChainHead } from '../../core/model/audit-entry.js';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import type { KnownFence, Marker, MarkerStore, TargetFence } from '../../core/model/target-system.js';
import type { MarkerBook } from './marker-book.js';
import type { MemoryDatabase } from './memory-database.js';
import { fenceRow } from './memory-transaction.js';

/** The bookkeeping of one chain in a memory database. */
export class MemoryMarkerStore implements MarkerStore {
  readonly #database: MemoryDatabase;
  readonly #chain: ChainIdentity;

  constructor(database: MemoryDatabase, chain: ChainIdentity) {
    this.#database = database;
    this.#chain = chain;
  }

  async open(): Promise<void> {}

  raiseFence(token: number): Promise<TargetFence> {
    return this.#withFenceRow((book) => {
      book.raiseFence(token);
      return book.fence;
    });
  }

  async read(): Promise<readonly Marker[]> {
    return this.#database.book(this.#chain).read();
  }

  async remove(changeIds: readonly string[], token: number, witness: ChainHead): Promise<void> {
    await this.#withFenceRow((book) => {
      if (!changeIds.length || !book.admits(token)) return;
      book.remove(changeIds);
      book.raiseFence(book.fence.token, laterHead(book.fence.witness, witness));
    });
  }

  async fences(): Promise<readonly KnownFence[]> {
    return [...this.#database.books()].map(({ chain: { storeId, namespace }, book }) => ({
      storeId,
      namespace,
      ...book.fence,
    }));
  }

  async forget(): Promise<void> {
    await this.#withFenceRow(() => this.#database.closeBook(this.#chain));
  }

  async #withFenceRow<T>(work: (book: MarkerBook) => T): Promise<T> {
    const release = await this.#database.locks.take(fenceRow(this.#chain), 'another holder');
    try {
      return work(this.#database.book(this.#chain));
    } finally {
      release();
    }
  }
}
