import type { NotePreviewed } from '../../core/previewed-operation.js';
import type {
  AttemptScope,
  Clients,
  MarkerStore,
  PreviewableTargetSystem,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../core/target-system.js';
import { liveTable, withTable } from './live-table.js';
import { MemoryDatabase } from './memory-database.js';
import { MemoryMarkerStore } from './memory-marker-store.js';
import { MemoryTable } from './memory-table.js';
import { MemoryTransaction } from './memory-transaction.js';
import { withPreviewTable } from './preview-table.js';

/**
 * A transactional target system in memory: one table, named like the target system.
 *
 * For trying things out and for tests. A transaction reads the table as it was at its begin; where two write one key,
 * the later commit stays. Shares its transactions with a `MemoryAuditStore` on the same database.
 */
export class MemoryTargetSystem implements TransactionalTargetSystem, PreviewableTargetSystem {
  readonly kind = 'memory';
  readonly transactional = true;
  readonly commitsImplicitly = false;
  readonly previewsTogether = true;
  /** The table as everybody sees it; for looking at it, and for setting it up, outside changes. */
  readonly table: MemoryTable;

  constructor(
    readonly id: string,
    readonly database: MemoryDatabase = new MemoryDatabase(),
  ) {
    this.table = liveTable(this);
  }

  get resource(): unknown {
    return this.database;
  }

  clients(): Clients {
    return [{ token: MemoryTable, instance: this.table }];
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return withTable(this, scope, work);
  }

  preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    return withPreviewTable(this, scope, note, work);
  }

  async transaction<T>(
    scope: AttemptScope,
    work: (transaction: TargetTransaction) => Promise<T>,
  ): Promise<T> {
    const transaction = new MemoryTransaction(this.database, scope, this.id);
    try {
      const result = await work(transaction);
      transaction.commit();
      return result;
    } finally {
      transaction.end();
    }
  }

  markers(namespace: string): MarkerStore {
    return new MemoryMarkerStore(this.database, namespace);
  }
}
