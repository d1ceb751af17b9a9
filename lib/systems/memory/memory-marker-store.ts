import type { Marker, MarkerStore } from '../../core/target-system.js';
import type { MarkerBook } from './marker-book.js';
import type { MemoryDatabase } from './memory-database.js';
import { fenceRow } from './memory-transaction.js';

/** The bookkeeping of one namespace in a memory database. */
export class MemoryMarkerStore implements MarkerStore {
  constructor(
    private readonly database: MemoryDatabase,
    private readonly namespace: string,
  ) {}

  async open(): Promise<void> {}

  raiseFence(token: number): Promise<boolean> {
    return this.#withFenceRow((book) => {
      const admitted = book.admits(token);
      book.raiseFence(token);
      return admitted;
    });
  }

  async read(): Promise<readonly Marker[]> {
    return this.database.book(this.namespace).read();
  }

  async remove(changeIds: readonly string[], token: number): Promise<void> {
    await this.#withFenceRow((book) => book.admits(token) && book.remove(changeIds));
  }

  async #withFenceRow<T>(work: (book: MarkerBook) => T): Promise<T> {
    const release = await this.database.locks.take(fenceRow(this.namespace), 'another holder');
    try {
      return work(this.database.book(this.namespace));
    } finally {
      release();
    }
  }
}
